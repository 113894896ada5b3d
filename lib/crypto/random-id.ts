import { base64url } from "jose";
import { randomBytes } from "./random.ts";

/**
 * 128 random bits from the system's generator, base64url: 22 characters (ASVS 7.2.3). None starts
 * with a hyphen, by which a command line would take it for an option.
 */
export function randomId(): string {
  const id = base64url.encode(randomBytes(16));
  return id.startsWith("-") ? randomId() : id;
}

/** Whether `value` could be one: what else comes in a URL is not worth a question. */
export function isRandomId(value: string): boolean {
  return /^[\w-]{22}$/.test(value);
}
