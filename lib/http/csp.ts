/** Content-Security-Policies. Runs at the edge. */
import type { Config } from "#lib/config/index.ts";

/** The policy of responses that show nothing: no resource, no frame around them. */
export const policyOfNothing =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** 128 random bits, base64 (CSP3 §7.1). */
export function newNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

/**
 * The policy of a page. Only scripts that carry this response's nonce run, and the scripts that those load. During
 * development React and the dev server also need eval, inline styles and a web socket.
 */
export function contentSecurityPolicy(
  nonce: string,
  { production, appUrl, apiHost, captcha }: Config,
): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${production ? "" : " 'unsafe-eval'"}`,
    `style-src 'self' ${production ? `'nonce-${nonce}'` : "'unsafe-inline'"}`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${apiHost ? ` ${apiHost}` : ""}${production ? "" : " ws:"}`,
    ...(captcha ? [`frame-src ${new URL(captcha.scriptUrl).origin}`] : []),
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(production && appUrl.startsWith("https:") ? ["upgrade-insecure-requests"] : []),
  ].join("; ");
}
