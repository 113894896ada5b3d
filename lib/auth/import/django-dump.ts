/** Reads what `manage.py dumpdata` writes, and keeps what is about users. */
import { z } from "zod";
import { DumpError, decode, readObjects } from "./dump-text.ts";

const recordSchema = z.object({
  model: z.string(),
  pk: z.union([z.string(), z.number()]).nullish(),
  fields: z.record(z.string(), z.unknown()),
});

/** A record of the dump, with those of its fields that are of use here. */
export type DumpRecord = z.output<typeof recordSchema>;

/** An address of a user, from django-allauth. */
export interface DumpedAddress {
  email: string;
  verified: boolean;
  primary: boolean;
}

export type Dump =
  | { kind: "users"; records: DumpRecord[]; addressesOf(record: DumpRecord): DumpedAddress[] }
  | { kind: "refused"; message: string };

/** What a custom user model may share with Django's own. */
const userFields = [
  ...["password", "username", "email", "first_name", "last_name", "name"],
  ...["is_active", "is_staff", "is_superuser", "date_joined", "last_login"],
];

const addressModel = "account.emailaddress";

/**
 * Reads a dump in the format json or jsonl, and returns the records of one model.
 * @param bytes the file, piece by piece
 * @param model such as `auth.User`; may be omitted when only one model has users
 */
export async function readDump(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  model: string | undefined,
): Promise<Dump> {
  const wanted = model?.toLowerCase();
  const byModel = new Map<string, DumpRecord[]>();
  const addresses = new Map<string, DumpedAddress[]>();
  try {
    for await (const objects of readObjects(decode(bytes))) {
      for (const object of objects) {
        const record = recordSchema.safeParse(object).data;
        if (!record) return refused("This is not what manage.py dumpdata writes.");
        const name = record.model.toLowerCase();
        if (name === addressModel) collectAddress(record, addresses);
        const records = byModel.get(name) ?? [];
        byModel.set(name, records);
        // Of a large dump most records are something else.
        if (wanted === undefined ? mayBeUser(record) : name === wanted) {
          records.push({ ...record, fields: pick(record.fields) });
        }
      }
    }
  } catch (error) {
    if (error instanceof DumpError) return refused(error.message);
    throw error;
  }

  const found = [...byModel.keys()].filter((name) => byModel.get(name)?.some(looksLikeUser));
  const [only, ...others] = wanted === undefined ? found : [wanted];
  if (only === undefined) {
    return refused("No record has a password and a username or an email.");
  }
  if (others.length > 0) {
    return refused(`Several models could be users: ${found.join(", ")}. Choose one with --model.`);
  }
  const records = byModel.get(only);
  if (!records) {
    return refused(`There is no record of ${model}; there are ${[...byModel.keys()].join(", ")}.`);
  }
  return { kind: "users", records, addressesOf: ({ pk }) => addresses.get(String(pk)) ?? [] };
}

function refused(message: string): Dump {
  return { kind: "refused", message };
}

function mayBeUser({ fields }: DumpRecord): boolean {
  return "password" in fields || "username" in fields || "email" in fields;
}

function looksLikeUser({ fields }: DumpRecord): boolean {
  return "password" in fields && ("username" in fields || "email" in fields);
}

function pick(fields: DumpRecord["fields"]): DumpRecord["fields"] {
  const known = userFields.filter((name) => name in fields);
  return Object.fromEntries(known.map((name) => [name, fields[name]]));
}

const addressSchema = z.object({
  /** A natural key is a list. It would be a guess which field of the user it is. */
  user: z.union([z.number(), z.string()]),
  email: z.string(),
  verified: z.boolean().catch(false),
  primary: z.boolean().catch(false),
});

function collectAddress({ fields }: DumpRecord, addresses: Map<string, DumpedAddress[]>): void {
  const read = addressSchema.safeParse(fields).data;
  if (!read) {
    throw new DumpError(
      "The records of account.emailaddress do not name their users by key. Write the dump without --natural-foreign.",
    );
  }
  const { user, ...address } = read;
  const present = addresses.get(String(user));
  if (present) present.push(address);
  else addresses.set(String(user), [address]);
}
