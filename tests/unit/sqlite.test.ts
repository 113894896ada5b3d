import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, openDatabase, type Query } from "#db/index.ts";
import { temporaryFolder } from "../support/server.ts";

const folder = temporaryFolder();
let db: Database;

beforeAll(async () => {
  db = openDatabase(`file:${join(folder.path, "test.db")}`);
  await sql`create table notes (text)`.execute(db.query);
});

afterAll(async () => {
  await db.close();
  folder.remove();
});

/** Writes a row; returns the `synchronous` mode of its commit: 2 is FULL, 1 is NORMAL. */
async function write(query: Query): Promise<number> {
  const { rows } = await sql<{ mode: number }>`insert into notes values ('a')
    returning (select synchronous from pragma_synchronous) as mode`.execute(query);
  return rows[0]?.mode ?? Number.NaN;
}

test("every commit waits for the disk, except those of relaxed writes, even when they run at once", async () => {
  const durable = () => write(db.query);
  const inTransaction = () => db.atomically(({ query }) => write(query));
  const relaxed = () => db.relaxed(write);
  const kinds = Array.from({ length: 50 }, () => [durable, relaxed, relaxed, inTransaction]).flat();
  const modes = await Promise.all(kinds.map((kind) => kind()));
  expect(modes).toEqual(kinds.map((kind) => (kind === relaxed ? 1 : 2)));
});
