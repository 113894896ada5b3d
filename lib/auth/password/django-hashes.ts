/**
 * The hashes that Django makes: those of its default PASSWORD_HASHERS, spelled as in
 * django/contrib/auth/hashers.py. They are only ever verified; what matched is hashed anew.
 */
import { pbkdf2, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { verify as verifyBcrypt } from "@node-rs/bcrypt";
import { isEqual, sha256 } from "#lib/crypto/digest.ts";
import { type ReadHash, readArgon2 } from "./argon2.ts";

const formats = [readPbkdf2, readArgon2OfDjango, readBcryptSha256, readScrypt];

/** Reads a hash that Django has made; undefined if it is none. Nothing is computed yet. */
export function readDjangoHash(stored: string): ReadHash | undefined {
  for (const read of formats) {
    const hash = read(stored);
    if (hash) return inEitherForm(hash);
  }
  return undefined;
}

/** `set_unusable_password()`: a "!" and random characters. */
export function isUnusable(stored: string): boolean {
  return stored.startsWith("!");
}

/** Django hashes the letters as they were typed, so they are tried like that, and then in NFC. */
function inEitherForm(hash: ReadHash): ReadHash {
  return {
    bearable: hash.bearable,
    async matches(password) {
      if (await hash.matches(password)) return true;
      const composed = password.normalize("NFC");
      return composed !== password && hash.matches(composed);
    },
  };
}

const digestLengths = { sha256: 32, sha1: 20 };

/** `pbkdf2_sha256$iterations$salt$base64`. Django 6.1 has 1,500,000 iterations. */
function readPbkdf2(stored: string): ReadHash | undefined {
  const found = /^pbkdf2_(sha256|sha1)\$([1-9]\d{0,8})\$([^$]+)\$([\w+/]+={0,2})$/.exec(stored);
  const [, digest = "", iterations, salt = "", encoded = ""] = found ?? [];
  const expected = Buffer.from(encoded, "base64");
  if (expected.length !== digestLengths[digest as keyof typeof digestLengths]) return undefined;
  return {
    bearable: Number(iterations) <= 10_000_000,
    async matches(password) {
      const length = expected.length;
      const made = await promisify(pbkdf2)(password, salt, Number(iterations), length, digest);
      return isEqual(made, expected);
    },
  };
}

/** `argon2` and a PHC string: argon2id since Django 3.2, argon2i before. */
function readArgon2OfDjango(stored: string): ReadHash | undefined {
  return stored.startsWith("argon2$") ? readArgon2(stored.slice(6), "id or i") : undefined;
}

/** `bcrypt_sha256$` and a bcrypt hash, whose own limit of 72 bytes the SHA-256 lifts. */
function readBcryptSha256(stored: string): ReadHash | undefined {
  const found = /^bcrypt_sha256\$(\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53})$/.exec(stored);
  const [, bcrypt = "", rounds] = found ?? [];
  if (rounds === undefined || Number(rounds) < 4) return undefined;
  return {
    bearable: Number(rounds) <= 15,
    matches: (password) => verifyBcrypt(sha256(password, "hex"), bcrypt),
  };
}

/** `scrypt$N$salt$r$p$base64`. Django 5.1 has N = 16,384, r = 8, p = 5. */
function readScrypt(stored: string): ReadHash | undefined {
  const found =
    /^scrypt\$([1-9]\d{0,9})\$([^$]+)\$([1-9]\d{0,3})\$([1-9]\d{0,3})\$([\w+/]+={0,2})$/.exec(
      stored,
    );
  const [, workFactor, salt = "", blockSize, parallelism, encoded = ""] = found ?? [];
  const [N, r, p] = [Number(workFactor), Number(blockSize), Number(parallelism)];
  const expected = Buffer.from(encoded, "base64");
  // Django's length; and scrypt takes nothing but a power of two (RFC 7914 §2).
  if (expected.length !== 64 || N < 2 || !Number.isInteger(Math.log2(N))) return undefined;
  const maxmem = 256 * N * r;
  return {
    // 128 · N · r bytes are 256 MiB then.
    bearable: N * r <= 2 ** 21 && N * r * p <= 2 ** 22,
    async matches(password) {
      const made = await computeScrypt(password, salt, expected.length, { N, r, p, maxmem });
      return isEqual(made, expected);
    },
  };
}

const computeScrypt = promisify<
  string,
  string,
  number,
  { N: number; r: number; p: number; maxmem: number },
  Buffer
>(scrypt);
