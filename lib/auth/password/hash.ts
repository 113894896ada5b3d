/**
 * Passwords at rest: argon2id, never more at once than the machine can take. Imported hashes, and
 * hashes from before the parameters were raised, are replaced at their owner's next sign-in.
 */
import { availableParallelism } from "node:os";
import { type Claimant, createLimiter } from "#lib/auth/guard/limiter.ts";
import { hashArgon2, type ReadHash, readArgon2 } from "./argon2.ts";
import { isUnusable, readDjangoHash } from "./django-hashes.ts";

/**
 * One core stays free, so that a flood of sign-ins leaves refreshes their share. A queue of 200
 * hashes takes a few seconds, and no one should wait longer.
 */
const limited = createLimiter(Math.max(1, availableParallelism() - 1), 200);

/**
 * Returns a PHC string. NFC first, so that the same letters typed on two systems are one password.
 * @param claimant whose request it is for: hashing is shared fairly among networks and accounts
 * @throws {QueueFullError} when too many passwords are waiting
 */
export async function hashPassword(password: string, claimant?: Claimant): Promise<string> {
  return limited(() => hashArgon2(password.normalize("NFC")), claimant);
}

/** What a stored hash is, by its format alone. */
export type StoredPassword =
  | { kind: "verifiable"; upToDate: boolean; matches: ReadHash["matches"] }
  /** The account has no password. */
  | { kind: "none" }
  /** An unknown format, or a cost that would keep the machine busy for many seconds. */
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
 * user, no password, an unusable hash) it returns false after the same time, so that the time tells
 * nothing (ASVS 6.3.8).
 * @throws {QueueFullError} when too many passwords are waiting
 */
export async function verifyPassword(
  password: string,
  stored: string | undefined,
  claimant?: Claimant,
): Promise<boolean> {
  const read = readStoredPassword(stored ?? "");
  // An ill-formed password would match another one whose bytes are U+FFFD in the same places.
  if (read.kind === "verifiable" && password.isWellFormed()) {
    return limited(() => read.matches(password), claimant);
  }
  const dummy = readArgon2(await dummyHash());
  await limited(async () => dummy?.matches(password.normalize("NFC")), claimant);
  return false;
}

/** Whether a password that matched `stored` should be hashed again, at today's higher cost. */
export function needsRehash(stored: string): boolean {
  const read = readStoredPassword(stored);
  return read.kind === "verifiable" && !read.upToDate;
}

let dummy: Promise<string> | undefined;

/** A hash of random bytes with today's parameters, to spend the time of a verification on. */
function dummyHash(): Promise<string> {
  dummy ??= hashArgon2(crypto.getRandomValues(new Uint8Array(32)));
  return dummy;
}

/** Computes the dummy hash in advance, so that not even the first unknown user takes longer. */
export async function warmUp(): Promise<void> {
  await dummyHash();
}
