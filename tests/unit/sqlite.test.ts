import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
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

/** Writes, and returns how its commit waits for the disk: 2 is FULL, 1 is NORMAL. */
async function write(query: Query): Promise<number> {
  const { rows } = await sql<{ mode: number }>`insert into notes values ('a')
    returning (select synchronous from pragma_synchronous) as mode`.execute(query);
  return rows[0]?.mode ?? Number.NaN;
}

test("commits wait for the disk, except relaxed ones, whatever runs at the same time", async () => {
  const durable = () => write(db.query);
  const transaction = () => db.atomically(({ query }) => write(query));
  const relaxedTransaction = () => db.atomically((atomic) => atomic.relaxed(write));
  const relaxed = () => db.relaxed(write);
  const kinds = Array.from({ length: 50 }, () => [
    durable,
    relaxed,
    relaxed,
    transaction,
    relaxedTransaction,
  ]).flat();
  const modes = await Promise.all(kinds.map((kind) => kind()));
  expect(modes).toEqual(kinds.map((kind) => (kind === relaxed ? 1 : 2)));
});

test("statements outside a transaction wait until it ends, and do not see it before", async () => {
  await sql`delete from notes`.execute(db.query);
  const order: string[] = [];
  const count = async () => {
    const { rows } = await sql<{ n: number }>`select count(*) as n from notes`.execute(db.query);
    order.push(`counted ${rows[0]?.n}`);
  };
  const failed = db.atomically(async ({ query }) => {
    await write(query);
    await setTimeout(20);
    order.push("rolls back");
    throw new Error("no");
  });
  const first = count();
  const committed = db.atomically(async ({ query }) => {
    await write(query);
    await setTimeout(20);
    order.push("commits");
  });
  const second = count();
  await expect(failed).rejects.toThrow("no");
  await Promise.all([first, committed, second]);
  expect(order).toEqual(["rolls back", "counted 0", "commits", "counted 1"]);
});

test("many transactions at once run one after the other, in order", async () => {
  const order: number[] = [];
  let open = 0;
  const one = (n: number) =>
    db.atomically(async ({ query }) => {
      open += 1;
      expect(open).toBe(1);
      order.push(n);
      await write(query);
      open -= 1;
    });
  await Promise.all(Array.from({ length: 50 }, (_, n) => one(n)));
  expect(order).toEqual(Array.from({ length: 50 }, (_, n) => n));
});

test("a file that cannot be opened is tried again with the next query", async () => {
  const path = join(folder.path, "later");
  writeFileSync(path, "a file where the folder belongs");
  const late = openDatabase(`file:${join(path, "test.db")}`);
  await expect(sql`select 1`.execute(late.query)).rejects.toThrow();
  rmSync(path);
  expect((await sql`select 1 as one`.execute(late.query)).rows).toEqual([{ one: 1 }]);
  await late.close();
  await expect(sql`select 1`.execute(late.query)).rejects.toThrow("destroyed");
});

test("a URL that no engine opens is refused, and not repeated", () => {
  expect(() => openDatabase("mysql://root:hunter2@localhost/")).toThrow(
    'No database engine opens URLs that start with "mysql:".',
  );
});
