/**
 * Passwords at rest: argon2id, never more at once than the machine can bear. Hashes that came from
 * elsewhere, or from before the parameters were raised, are verified until the next login.
 */
import { availableParallelism } from "node:os";
import { createLimiter } from "#lib/auth/guard/limiter.ts";
import { hashArgon2, type ReadHash, readArgon2 } from "./argon2.ts";
import { isUnusable, readDjangoHash } from "./django-hashes.ts";

/**
 * One core stays free, so that a flood of logins leaves refreshes their share; some 200 hashes
 * of waiting are about two seconds, longer than which nobody should wait.
 */
const limited = createLimiter(Math.max(1, availableParallelism() - 1), 200);

/** A PHC string. NFC first: the same letters typed on two systems are one password. */
export async function hashPassword(password: string): Promise<string> {
  return limited(() => hashArgon2(password.normalize("NFC")));
}

/** What a stored hash is, told from its spelling alone. */
export type StoredPassword =
  | { kind: "verifiable"; upToDate: boolean; matches: ReadHash["matches"] }
  /** The account has no password, and none is right. */
  | { kind: "none" }
  /** No format of ours, or a cost that would keep the machine busy for many seconds. */
  | { kind: "unknown_format" | "too_costly" };

export function readStoredPassword(stored: string): StoredPassword {
  if (stored === "" || isUnusable(stored)) return { kind: "none" };
  const ours = readArgon2(stored);
  const hash = ours ?? readDjangoHash(stored);
  if (!hash) return { kind: "unknown_format" };
  if (!hash.bearable) return { kind: "too_costly" };
  return {
    kind: "verifiable",
    upToDate: ours?.upToDate ?? false,
    matches: (password) => hash.matches(ours ? password.normalize("NFC") : password),
  };
}

/**
 * Whether `password` is the one behind `stored`. Where there is nothing to compare with (an unknown
 * user, no password, a hash that is not worth computing) it takes the same time and answers false,
 * so that the answer's time tells nothing (ASVS 6.3.8).
 * @throws {QueueFullError} when too many are waiting
 */
export async function verifyPassword(
  password: string,
  stored: string | undefined,
): Promise<boolean> {
  const read = readStoredPassword(stored ?? "");
  // An ill-formed password would match another one whose bytes are U+FFFD in the same places.
  if (read.kind === "verifiable" && password.isWellFormed()) {
    return limited(() => read.matches(password));
  }
  const dummy = readArgon2(await dummyHash());
  await limited(async () => dummy?.matches(password.normalize("NFC")));
  return false;
}

/** Whether the password that matched `stored` should be hashed anew: today's hash costs more. */
export function needsRehash(stored: string): boolean {
  const read = readStoredPassword(stored);
  return read.kind === "verifiable" && !read.upToDate;
}

let dummy: Promise<string> | undefined;

/** Nobody's password, hashed with today's parameters. */
function dummyHash(): Promise<string> {
  dummy ??= hashArgon2(crypto.getRandomValues(new Uint8Array(32)));
  return dummy;
}

/** Makes the dummy before anyone asks, so that not even the first unknown user takes longer. */
export async function warmUp(): Promise<void> {
  await dummyHash();
}
