import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Database, isUnusable, openDatabase, type Query } from "#db/index.ts";
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

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

// Windows has no modes.
describe.skipIf(process.platform === "win32")("on disk", () => {
  /** Creates a database at `path`, under the usual umask. */
  async function create(path: string) {
    const created = openDatabase(`file:${path}`);
    await sql`create table notes (text)`.execute(created.query);
    return created;
  }

  test("red team 18: what is created is for its owner alone", async () => {
    const path = join(folder.path, "new", "folder", "auth.db");
    const created = await create(path);
    const files = readdirSync(dirname(path)).sort();
    expect(files).toEqual(["auth.db", "auth.db-shm", "auth.db-wal"]);
    for (const file of files)
      expect([file, modeOf(join(dirname(path), file))]).toEqual([file, "600"]);
    expect(modeOf(dirname(path))).toBe("700");
    expect(modeOf(dirname(dirname(path)))).toBe("700");
    await created.close();
  });

  test("red team 18: what exists keeps its mode, because a group may be meant to read it", async () => {
    const path = join(folder.path, "shared", "auth.db");
    mkdirSync(dirname(path));
    writeFileSync(path, "");
    chmodSync(dirname(path), 0o750);
    chmodSync(path, 0o640);
    const opened = await create(path);
    expect([modeOf(dirname(path)), modeOf(path), modeOf(`${path}-wal`)]).toEqual([
      "750",
      "640",
      "640",
    ]);
    await opened.close();
  });

  // case: WiseLibs/better-sqlite3#1155. A pipe, too, cannot be shared in memory.
  test("a folder without shared memory is named, with the way out", async () => {
    const path = join(folder.path, "mounted", "auth.db");
    mkdirSync(dirname(path));
    execFileSync("mkfifo", [`${path}-shm`]);
    const failure = await create(path).catch((error: unknown) => error);
    expect(failure).toSatisfy(isUnusable);
    expect(String(failure)).toContain(`write-ahead log in ${dirname(path)}`);
    expect(String(failure)).toMatch(/network drives.* DATABASE_URL/);
  });
});
