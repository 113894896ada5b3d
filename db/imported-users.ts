/** What the last import left of each imported account. */
import type { Selectable } from "kysely";
import type { Query } from "./database.ts";
import type { ImportedUsersTable } from "./schema.ts";

type ImportedUser = Selectable<ImportedUsersTable>;

/** Inserts or replaces the rows; at most a few thousand of them. */
export async function recordImportedUsers(db: Query, imported: ImportedUser[]): Promise<void> {
  if (imported.length === 0) return;
  await db
    .insertInto("imported_users")
    .values(imported)
    .onConflict((conflict) =>
      conflict.column("user_id").doUpdateSet((set) => ({ state: set.ref("excluded.state") })),
    )
    .execute();
}

/** Returns the recorded state by user id; at most a few thousand of them. */
export async function findImportedUsers(db: Query, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const found = await db
    .selectFrom("imported_users")
    .selectAll()
    .where("user_id", "in", ids)
    .execute();
  return new Map(found.map(({ user_id, state }) => [user_id, state]));
}
