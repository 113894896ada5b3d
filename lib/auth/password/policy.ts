/** Which passwords people may choose: NIST SP 800-63B-4 §3.1.1.2. No composition rules. */
import type { Config } from "#lib/config/index.ts";
import { appName } from "#lib/site.ts";
import { isBreached } from "./breached.ts";

const maxLength = 256;

/** What must not be the whole password, because attackers try it first. */
interface Owner {
  username: string;
  email: string;
  name: string;
}

export type PasswordPolicy = Pick<Config, "passwordMinLength" | "breachedPasswordsUrl">;

/**
 * Returns what is wrong with `password`, in a sentence for its owner, or undefined when it is fine.
 * Lengths count code points after NFC, so that "é" is one however it was typed.
 */
export async function refusePassword(
  password: string,
  owner: Owner,
  { passwordMinLength: minLength, breachedPasswordsUrl }: PasswordPolicy,
): Promise<string | undefined> {
  // Lone surrogates all become U+FFFD in UTF-8: different passwords would share one hash.
  if (!password.isWellFormed()) return "This password has characters that are not valid Unicode.";
  const normalised = password.normalize("NFC");
  const length = [...normalised].length;
  if (length < minLength) return `Use at least ${minLength} characters.`;
  if (length > maxLength) return `Use at most ${maxLength} characters.`;

  const folded = normalised.toLowerCase();
  const [mailbox] = owner.email.split("@");
  const own = [owner.username, owner.email, mailbox, owner.name, appName];
  if (own.some((word) => word?.normalize("NFC").toLowerCase() === folded)) {
    return "Your name, username or email address is too easy to guess as a password.";
  }
  if ((await commonPasswords()).has(folded)) {
    return "This is one of the most common passwords, and among the first that are tried.";
  }
  // Last: what can be refused here need not be asked elsewhere.
  if (breachedPasswordsUrl && (await isBreached(normalised, breachedPasswordsUrl))) {
    return "This password has been in a data breach, somewhere, and such are tried first.";
  }
  return undefined;
}

let common: Promise<Set<string>> | undefined;

/** Some 49,000 passwords, loaded when the first password is chosen: signing in does not need them. */
function commonPasswords(): Promise<Set<string>> {
  common ??= import("@zxcvbn-ts/language-common").then(
    ({ dictionary }) => new Set(dictionary["passwords-common"].map((word) => String(word))),
  );
  return common;
}
