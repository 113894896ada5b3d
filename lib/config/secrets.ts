/** The second line of defence of terminal and log: what libraries say must not contain a secret. */
import type { Environment } from "./index.ts";

/** Variables that are secrets as a whole. */
const secrets = ["AUTH_SECRET", "DATABASE_AUTH_TOKEN", "CRON_SECRET", "CAPTCHA_SECRET"];

/** Variables with a user's password or a token in them. */
const urls = ["DATABASE_URL", "SMTP_URL", "BREACHED_PASSWORDS_URL"];

/** Shorter ones would blank out ordinary text, and are in no sense secret. */
const minLength = 4;

/** Every secret of the configuration, in each spelling in which a library may show it. */
export function secretsIn(environment: Environment): string[] {
  const whole = secrets.flatMap((name) => environment[name]?.split(",") ?? []);
  const parts = urls.flatMap((name) => partsOf(environment[name] ?? ""));
  const found = [...whole, ...parts].map((secret) => secret.trim());
  return [...new Set(found)].filter((secret) => secret.length >= minLength);
}

function partsOf(url: string): string[] {
  if (url.startsWith("file:") || !URL.canParse(url)) return [];
  const { password, searchParams } = new URL(url);
  const tokens = [...searchParams]
    .filter(([name]) => /pass|token|secret|key/i.test(name))
    .map(([, value]) => value);
  return [url, password, decoded(password), ...tokens];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function withoutAll(text: string, found: readonly string[]): string {
  // The longest first: a URL contains its password.
  return [...found]
    .sort((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
}
