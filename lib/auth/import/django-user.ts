/** What a user of a Django site becomes here. Nothing in this file asks the database. */
import { z } from "zod";
import type { UserRow } from "#db/users.ts";
import { nameOfHash } from "#lib/auth/password/django-hashes.ts";
import { readStoredPassword } from "#lib/auth/password/hash.ts";
import { usernameKey } from "#lib/contract/identifiers.ts";
import { emailSchema, signupSchema } from "#lib/contract/schemas.ts";
import { sha256 } from "#lib/crypto/digest.ts";
import type { DumpedAddress, DumpRecord } from "./django-dump.ts";

const { name: nameSchema } = signupSchema.shape;

/** A user of the dump who can become one here, unless another account stands in the way. */
export interface Importable {
  user: Omit<UserRow, "username" | "username_key">;
  /** The username there, if it can stay as it is. */
  username: string | undefined;
  /** Those to choose from where it cannot; the first free one is taken. */
  derived: [string, ...string[]];
  /** Remarks for the operator. */
  notes: string[];
}

/** What a record becomes: a user, or nothing, and why. */
export type ReadUser = { kind: "user"; user: Importable } | { kind: "skipped"; why: string };

const text = z.string().catch("");
const fieldsSchema = z.object({
  password: text,
  username: text,
  email: text,
  first_name: text,
  last_name: text,
  /** The name in many custom user models. */
  name: text,
  is_active: z.boolean().catch(true),
  is_staff: z.boolean().catch(false),
  is_superuser: z.boolean().catch(false),
  date_joined: text,
  last_login: text,
});

type Fields = z.output<typeof fieldsSchema>;

/**
 * @param number the record's place in the dump, from 1
 * @param now the date joined, where the dump has none; Unix milliseconds
 * @param addresses those that django-allauth has of the user
 */
export function readUser(
  record: DumpRecord,
  number: number,
  now: number,
  addresses: DumpedAddress[] = [],
): ReadUser {
  const fields = fieldsSchema.parse(record.fields);
  const address = chooseAddress(fields, addresses);
  if (address.kind === "skipped") return address;
  const { email, verified } = address;
  const password = readPassword(fields.password);

  const suffix = Number.isInteger(record.pk) ? Number(record.pk) : number;
  return {
    kind: "user",
    user: {
      user: {
        id: importedId(record, fields),
        email,
        email_key: email.toLowerCase(),
        email_verified: verified ? 1 : 0,
        deletes_at: null,
        name: nameOf(fields),
        role: fields.is_staff || fields.is_superuser ? "admin" : "user",
        is_active: fields.is_active ? 1 : 0,
        password_hash: password.hash,
        joined_at: timeOf(fields.date_joined) ?? now,
        last_login_at: timeOf(fields.last_login) ?? null,
      },
      username: isKept(fields.username) ? fields.username : undefined,
      derived: derivedUsernames(fields.username || email, suffix),
      notes: [...address.notes, ...password.notes, ...lostLetters(fields)],
    },
  };
}

type Address =
  | { kind: "address"; email: string; verified: boolean; notes: string[] }
  | { kind: "skipped"; why: string };

/**
 * The address that django-allauth calls primary, or else the user's own, or one of the others. Django
 * itself does not record whether an address was ever verified.
 */
function chooseAddress(fields: Fields, dumped: DumpedAddress[]): Address {
  const own = readAddress(fields.email);
  const others = dumped.flatMap(({ email, ...rest }) => {
    const read = readAddress(email);
    return read === undefined ? [] : [{ ...rest, email: read }];
  });
  const listed =
    others.find(({ primary }) => primary)?.email ??
    own ??
    (others.find(({ verified }) => verified) ?? others[0])?.email;
  // Some sites where people sign in with their address keep it in the username only.
  const email = listed ?? (fields.email ? undefined : readAddress(fields.username));
  if (email === undefined) {
    const why = fields.email ? "its email address is not valid" : "it has no email address";
    return { kind: "skipped", why };
  }
  const isSame = (other: string) => other.toLowerCase() === email.toLowerCase();
  const left = new Set(others.filter((other) => !isSame(other.email)).map((other) => other.email));
  const notes: string[] = [];
  if (listed === undefined) notes.push("its username serves as the email address");
  if (own !== undefined && !isSame(own)) {
    notes.push(`its primary address is ${email}`);
    left.delete(own);
  }
  if (left.size > 0) notes.push(`left out: ${[...left].join(", ")}`);
  const verified = others.some((other) => other.verified && isSame(other.email));
  return { kind: "address", email, verified, notes };
}

/** The canonical form, or undefined if it is no address that we would write to. */
function readAddress(address: string): string | undefined {
  return emailSchema.safeParse({ email: address }).data?.email;
}

/** Without a hash that can be used here, the account has no password, and a reset gives it one. */
function readPassword(stored: string): { hash: string; notes: string[] } {
  // Postgres takes no NUL, and no hash format contains one.
  const { kind } = /\p{Cc}/u.test(stored)
    ? { kind: "unknown_format" as const }
    : readStoredPassword(stored);
  switch (kind) {
    case "verifiable":
      return { hash: stored, notes: [] };
    case "none":
      return { hash: "", notes: [] };
    case "unknown_format": {
      const why = `${nameOfHash(stored) ?? "an unknown kind"} is not used here`;
      return { hash: "", notes: [`it needs a new password: ${why}`] };
    }
    case "too_costly":
      return { hash: "", notes: ["it needs a new password: its hash takes too long to verify"] };
  }
}

/**
 * The same record has the same id at each import, so it is recognised even after its owner has
 * changed name and address, here or there. A primary key alone could be the same on two sites.
 */
function importedId({ model, pk }: DumpRecord, fields: Fields): string {
  const { username, email, date_joined } = fields;
  const stable =
    pk == null ? [username, email, date_joined] : [pk, date_joined || username || email];
  const identity = JSON.stringify([model.toLowerCase(), ...stable]);
  return sha256(identity).slice(0, 22);
}

/**
 * Whether the username stays as it is: in letters of any script, with a space between words at most.
 * One that cannot be typed or seen, or has lost a letter (U+FFFD), does not.
 */
function isKept(username: string): boolean {
  const words = /^[^\p{C}\p{Z}\uFFFD]+(?: [^\p{C}\p{Z}\uFFFD]+)*$/u;
  return words.test(username) && usernameKey(username).length <= 254;
}

/** Usernames for an account whose own cannot stay: "Müller's\t" gives "muller-s". */
function derivedUsernames(from: string, suffix: number): [string, ...string[]] {
  const [local = ""] = from.split("@");
  const base = local
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .slice(0, 48)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9_]+$/g, "");
  return base.length < 2 ? [`user-${suffix}`] : [base, `${base}-${suffix}`];
}

/** U+FFFD stands where a program before us could not read a letter. */
function lostLetters({ username, first_name, last_name, name }: Fields): string[] {
  const isLost = [username, first_name, last_name, name].join("").includes("\uFFFD");
  return isLost ? ["letters of its name were lost before (U+FFFD)"] : [];
}

function nameOf({ first_name, last_name, name }: Fields): string {
  const full = `${first_name} ${last_name}`.trim() || name;
  const given = nameSchema.safeParse(full);
  if (given.success) return given.data;
  const cleaned = full.replace(/\p{Cc}+/gu, " ").normalize("NFKC");
  return cleaned.slice(0, 150).toWellFormed().trim();
}

/** Unix milliseconds; a time without a zone is UTC. */
function timeOf(written: string): number | undefined {
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(written) ? written : `${written}Z`;
  const at = Date.parse(zoned);
  return Number.isNaN(at) ? undefined : at;
}
