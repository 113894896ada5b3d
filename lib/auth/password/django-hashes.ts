/**
 * The slow hashes that Django has shipped, spelled as in django/contrib/auth/hashers.py. They are only
 * verified; a password that matches is hashed anew with argon2id. The fast ones (MD5, SHA-1, crypt)
 * are not verified at all (docs/security.md).
 */
import { pbkdf2, scrypt } from "node:crypto";
import { promisify } from "node:util";

import { compare as compareBcrypt } from "bcryptjs";
import { isEqual, sha256 } from "#lib/crypto/digest.ts";

import { type ReadHash, readArgon2 } from "./argon2.ts";

const formats = [readPbkdf2, readArgon2OfDjango, readBcryptSha256, readBcrypt, readScrypt];

/** Reads a hash of Django's; undefined if it is none. Computes nothing yet. */
export function readDjangoHash(stored: string): ReadHash | undefined {
  for (const read of formats) {
    const hash = read(stored);
    if (hash) return inEitherForm(hash);
  }
  return undefined;
}

/**
 * What a stored value that is not verified here calls itself, for people: an algorithm's name, or
 * undefined. Without a `$` and with 32 hex digits it is MD5, Django's oldest format.
 */
export function nameOfHash(stored: string): string | undefined {
  if (/^[\da-f]{32}$/i.test(stored)) return "md5";
  return /^([a-z][\w-]{1,30})\$/.exec(stored)?.[1];
}

/** Whether it is what `set_unusable_password()` stores: "!" and random characters. */
export function isUnusable(stored: string): boolean {
  return stored.startsWith("!");
}

/** Django hashes a password as it was typed, so it is tried like that first, and then in NFC. */
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
      const computed = await promisify(pbkdf2)(password, salt, Number(iterations), length, digest);
      return isEqual(computed, expected);
    },
  };
}

/** `argon2` and a PHC string: argon2id since Django 3.2, argon2i before that. */
function readArgon2OfDjango(stored: string): ReadHash | undefined {
  return stored.startsWith("argon2$") ? readArgon2(stored.slice(6), "id or i") : undefined;
}

/** `bcrypt_sha256$` and the bcrypt hash of the password's SHA-256 in hex. Django has 12 rounds. */
function readBcryptSha256(stored: string): ReadHash | undefined {
  const prefix = "bcrypt_sha256$";
  if (!stored.startsWith(prefix)) return undefined;
  return bcryptHash(stored.slice(prefix.length), (password) => sha256(password, "hex"));
}

/** `bcrypt$` and a bcrypt hash, or that hash alone, which sites that came from PHP have (`$2y$`). */
function readBcrypt(stored: string): ReadHash | undefined {
  return bcryptHash(stored.replace(/^bcrypt\$/, ""), (password) => password);
}

/**
 * bcryptjs runs on the event loop and lets other work in every 100 ms; 12 rounds take 0.2 s there,
 * 15 rounds 2 s.
 */
function bcryptHash(hash: string, input: (password: string) => string): ReadHash | undefined {
  const [, rounds] = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(hash) ?? [];
  if (rounds === undefined || Number(rounds) < 4) return undefined;
  return {
    bearable: Number(rounds) <= 15,
    matches: (password) => compareBcrypt(input(password), hash),
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
  // 64 bytes is Django's length. N must be a power of two (RFC 7914 §2).
  if (expected.length !== 64 || N < 2 || !Number.isInteger(Math.log2(N))) return undefined;
  const maxmem = 256 * N * r;
  return {
    // scrypt takes 128 · N · r bytes of memory: at most 256 MiB.
    bearable: N * r <= 2 ** 21 && N * r * p <= 2 ** 22,
    async matches(password) {
      const computed = await computeScrypt(password, salt, expected.length, { N, r, p, maxmem });
      return isEqual(computed, expected);
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
