import { isAddressReserved } from "#db/mail-tokens.ts";
import { deleteUser, type Insertion, insertUser, type UserRow } from "#db/users.ts";
import type { AuthContext } from "#lib/auth/context.ts";

/** Inserts a user whose address nobody may take back. Call it in a transaction. */
export async function insertUnlessReserved(tx: AuthContext, user: UserRow): Promise<Insertion> {
  const { query } = tx.db;
  const inserted = await insertUser(query, user);
  if (inserted.kind !== "ok") return inserted;
  // Asked afterwards: an owner who changes away from the address holds it until it is reserved.
  const reserved = await isAddressReserved(query, user.email_key, user.id, tx.now);
  if (!reserved) return inserted;
  await deleteUser(query, user.id);
  return { kind: "email_taken", owner: undefined };
}
