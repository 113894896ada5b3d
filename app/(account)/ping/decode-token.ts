/** A JWT's header and claims, which anyone can read without its key. */
export interface DecodedToken {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  /** Seconds from issue to expiry. */
  lifetime: number;
}

/** Decodes a compact JWS (RFC 7515 §7.1). It verifies nothing; that is the server's task. */
export function decodeToken(token: string): DecodedToken {
  const [header = "", claims = ""] = token.split(".");
  const decoded = { header: decodePart(header), claims: decodePart(claims) };
  return { ...decoded, lifetime: Number(decoded.claims.exp) - Number(decoded.claims.iat) };
}

function decodePart(part: string): Record<string, unknown> {
  const binary = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}
