/** argon2: today's parameters, and those of a stored hash. */
import { hash, parseOptions, verify } from "@node-rs/argon2";

/** The lower bound of OWASP and RFC 9106: 19 MiB, two passes, one thread. `memoryCost` is KiB. */
const today = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** A hash whose format and cost have been read. Nothing has been computed. */
export interface ReadHash {
  /** Whether verifying it takes no more than a second or two, as any sensible cost does. */
  bearable: boolean;
  matches(password: string): Promise<boolean>;
}

interface ReadArgon2 extends ReadHash {
  /** Whether it costs an attacker as much as a hash created today. */
  upToDate: boolean;
}

/** Reads a PHC string of argon2id, or of argon2i where asked for. Undefined for anything else. */
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

/** Returns a PHC string of argon2id with today's parameters. */
export function hashArgon2(password: string | Uint8Array): Promise<string> {
  return hash(password, today);
}
