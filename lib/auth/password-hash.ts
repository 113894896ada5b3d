/** Passwords at rest: argon2id, never more at once than the machine can bear. */
import { availableParallelism } from "node:os";
import { hash, verify } from "@node-rs/argon2";
import { createLane } from "./lane.ts";

/** OWASP's and RFC 9106's lower bound: 19 MiB, two passes, one lane. `memoryCost` is KiB. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Beyond these a stored hash was not made by us, and verifying it could block for seconds. */
const limits = { memoryCost: 262_144, timeCost: 16, parallelism: 8 };

const phc = /^\$argon2id\$v=19\$m=(\d{1,9}),t=(\d{1,9}),p=(\d{1,9})\$[\w+/]+\$[\w+/]+$/;

/**
 * One core stays free, so that a flood of logins leaves refreshes their share; some 200 hashes
 * of waiting are about two seconds, longer than which nobody should wait.
 */
const inLane = createLane(Math.max(1, availableParallelism() - 1), 200);

/** A PHC string. NFC first: the same letters typed on two systems are one password. */
export async function hashPassword(password: string): Promise<string> {
  return inLane(() => hash(password.normalize("NFC"), parameters));
}

/**
 * Whether `password` is the one behind `stored`. Without a stored hash (an unknown user) it takes
 * the same time and answers false, so that the answer's time tells nothing (ASVS 6.3.8).
 * @throws {LaneFullError} when too many are waiting
 */
export async function verifyPassword(
  password: string,
  stored: string | undefined,
): Promise<boolean> {
  if (stored !== undefined && !acceptable(stored)) {
    throw new Error("A stored password hash is not argon2id within the accepted cost.");
  }
  // An ill-formed password would match another one whose bytes are U+FFFD in the same places.
  const genuine = stored !== undefined && password.isWellFormed();
  const target = genuine ? stored : await dummyHash();
  const matches = await inLane(() => verify(target, password.normalize("NFC")));
  return genuine && matches;
}

function acceptable(stored: string): boolean {
  const [, m, t, p] = phc.exec(stored) ?? [];
  return (
    m !== undefined &&
    Number(m) <= limits.memoryCost &&
    Number(t) <= limits.timeCost &&
    Number(p) <= limits.parallelism
  );
}

let dummy: Promise<string> | undefined;

/** Nobody's password, hashed with today's parameters. */
function dummyHash(): Promise<string> {
  dummy ??= hash(crypto.getRandomValues(new Uint8Array(32)), parameters);
  return dummy;
}

/** Makes the dummy before anyone asks, so that not even the first unknown user takes longer. */
export async function warmUp(): Promise<void> {
  await dummyHash();
}
