/** argon2: today's parameters, and what a stored hash says of its own. */
import { hash, parseOptions, verify } from "@node-rs/argon2";

/** OWASP's and RFC 9106's lower bound: 19 MiB, two passes, one lane. `memoryCost` is KiB. */
const today = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** A hash whose format and cost have been read; nothing has been computed. */
export interface ReadHash {
  /** Whether a sensible program could have chosen this cost: it is a second or two at most. */
  bearable: boolean;
  matches(password: string): Promise<boolean>;
}

interface ReadArgon2 extends ReadHash {
  /** Whether it costs a guesser as much as a hash that is made today. */
  upToDate: boolean;
}

/** Reads a PHC string of argon2id, or of argon2i where that was asked for; undefined if it is none. */
export function readArgon2(stored: string, variant: "id" | "id or i" = "id") {
  const prefix = variant === "id" ? /^\$argon2id\$v=19\$/ : /^\$argon2id?\$v=19\$/;
  const cost = prefix.test(stored) ? parse(stored) : undefined;
  if (!cost) return undefined;
  const { memoryCost, timeCost, parallelism } = cost;
  const read: ReadArgon2 = {
    bearable:
      memoryCost <= 262_144 && // 256 MiB
      memoryCost * timeCost <= 1_048_576 &&
      parallelism <= 16,
    upToDate:
      memoryCost >= today.memoryCost &&
      timeCost >= today.timeCost &&
      parallelism >= today.parallelism,
    matches: (password) => verify(stored, password),
  };
  return read;
}

function parse(stored: string) {
  try {
    return parseOptions(stored);
  } catch {
    return undefined;
  }
}

/** A PHC string of argon2id with today's parameters. */
export function hashArgon2(password: string | Uint8Array): Promise<string> {
  return hash(password, today);
}
