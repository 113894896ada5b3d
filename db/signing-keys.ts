import type { Selectable } from "kysely";
import type { Query } from "./database.ts";
import type { SigningKeysTable } from "./schema.ts";

export type SigningKeyRow = Selectable<SigningKeysTable>;

/** All published keys, the newest first. */
export async function listSigningKeys(db: Query): Promise<SigningKeyRow[]> {
  return db.selectFrom("signing_keys").selectAll().orderBy("sequence", "desc").execute();
}

/**
 * Inserts the key unless another instance has taken its place in the sequence. Returns whether it
 * did.
 */
export async function insertSigningKey(db: Query, key: SigningKeyRow): Promise<boolean> {
  const inserted = await db
    .insertInto("signing_keys")
    .values(key)
    .onConflict((conflict) => conflict.doNothing())
    .returning("sequence")
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Stores the same private key, encrypted under another secret. */
export async function resealSigningKey(db: Query, kid: string, privateJwe: string): Promise<void> {
  await db
    .updateTable("signing_keys")
    .set({ private_jwe: privateJwe })
    .where("kid", "=", kid)
    .execute();
}

export async function deleteSigningKeys(db: Query, kids: string[]): Promise<void> {
  if (kids.length === 0) return;
  await db.deleteFrom("signing_keys").where("kid", "in", kids).execute();
}
