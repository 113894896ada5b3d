import { base64url } from "jose";

/**
 * 128 random bits from the system's generator, base64url: 22 characters (ASVS 7.2.3). None starts
 * with a hyphen, because a command line would take it for an option.
 */
export function randomId(): string {
  const id = base64url.encode(crypto.getRandomValues(new Uint8Array(16)));
  return id.startsWith("-") ? randomId() : id;
}

/** Whether `value` has the shape of a random id; nothing else in a URL is worth a query. */
export function isRandomId(value: string): boolean {
  return /^[\w-]{22}$/.test(value);
}
