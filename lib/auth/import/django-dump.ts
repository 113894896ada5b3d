/**
 * Reads what `manage.py dumpdata` writes about users, and says what each becomes here. Nothing in
 * this file asks the database.
 */
import { z } from "zod";
import type { UserRow } from "#db/users.ts";
import { readStoredPassword } from "#lib/auth/password/hash.ts";
import { signupSchema } from "#lib/contract/schemas.ts";
import { sha256 } from "#lib/crypto/digest.ts";

const { username: usernameSchema, email: emailSchema, name: nameSchema } = signupSchema.shape;

const recordSchema = z.object({
  model: z.string(),
  pk: z.union([z.string(), z.number()]).nullish(),
  fields: z.record(z.string(), z.unknown()),
});

export type DumpRecord = z.output<typeof recordSchema>;

export type Dump = { kind: "users"; records: DumpRecord[] } | { kind: "refused"; message: string };

/**
 * Reads a dump in the format json or jsonl, and returns the records of one model.
 * @param model such as `auth.User`; may be omitted when only one model has users
 */
export function readDump(text: string, model: string | undefined): Dump {
  const parsed = parse(text);
  if (!parsed) {
    return { kind: "refused", message: "This is not what manage.py dumpdata writes." };
  }
  const byModel = Map.groupBy(parsed, (record) => record.model.toLowerCase());
  const found = [...byModel.keys()].filter((name) => byModel.get(name)?.some(looksLikeUser));
  const [only, ...others] = model === undefined ? found : [model.toLowerCase()];
  if (only === undefined) {
    return { kind: "refused", message: "No record has a password and a username or an email." };
  }
  if (others.length > 0) {
    const message = `Several models could be users: ${found.join(", ")}. Choose one with --model.`;
    return { kind: "refused", message };
  }
  const records = byModel.get(only);
  if (!records) {
    const message = `There is no record of ${model}; there are ${[...byModel.keys()].join(", ")}.`;
    return { kind: "refused", message };
  }
  return { kind: "users", records };
}

function parse(text: string): DumpRecord[] | undefined {
  try {
    const lines = () => text.split("\n").filter((line) => line.trim() !== "");
    const found = text.trimStart().startsWith("[")
      ? JSON.parse(text)
      : lines().map((line) => JSON.parse(line));
    return z.array(recordSchema).safeParse(found).data;
  } catch {
    return undefined;
  }
}

function looksLikeUser({ fields }: DumpRecord): boolean {
  return "password" in fields && ("username" in fields || "email" in fields);
}

/** A user of the dump who can become one here, unless another account stands in the way. */
export interface Importable {
  user: Omit<UserRow, "username" | "username_key">;
  /** The first free one becomes the username. */
  usernames: [string, ...string[]];
  /** Whether the first is the dump's own username. */
  keepsUsername: boolean;
  /** A remark for the operator. */
  note: string | undefined;
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
 */
export function readUser(record: DumpRecord, number: number, now: number): ReadUser {
  const fields = fieldsSchema.parse(record.fields);
  // Some sites where people sign in with their address keep it in the username only.
  const address = fields.email || fields.username;
  const email = emailSchema.safeParse(address);
  if (!email.success) {
    const why = fields.email ? "its email address is not valid" : "it has no email address";
    return { kind: "skipped", why };
  }
  const password = readPassword(fields.password);
  if (password.kind === "skipped") return password;

  const username = usernameSchema.safeParse(fields.username);
  const suffix = Number.isInteger(record.pk) ? Number(record.pk) : number;
  return {
    kind: "user",
    user: {
      user: {
        id: importedId(record, fields),
        email: email.data,
        email_key: email.data.toLowerCase(),
        // Django does not record whether it was ever verified.
        email_verified: 0,
        deletes_at: null,
        name: nameOf(fields),
        role: fields.is_staff || fields.is_superuser ? "admin" : "user",
        is_active: fields.is_active ? 1 : 0,
        password_hash: password.hash,
        joined_at: timeOf(fields.date_joined) ?? now,
        last_login_at: timeOf(fields.last_login) ?? null,
      },
      usernames: username.success
        ? [username.data]
        : derivedUsernames(fields.username || email.data, suffix),
      keepsUsername: username.success,
      note: fields.email ? undefined : "its username serves as the email address",
    },
  };
}

function readPassword(stored: string) {
  // Postgres takes no NUL, and no hash format contains one.
  const { kind } = /\p{Cc}/u.test(stored)
    ? { kind: "unknown_format" as const }
    : readStoredPassword(stored);
  switch (kind) {
    case "verifiable":
      return { kind: "password" as const, hash: stored };
    case "none":
      return { kind: "password" as const, hash: "" };
    case "unknown_format":
      return { kind: "skipped" as const, why: "its password hash is of a format not known here" };
    case "too_costly":
      return { kind: "skipped" as const, why: "its password hash would take too long to verify" };
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

/** Usernames that our rules accept, from one that they refuse: "müller@example.com" gives "muller". */
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
