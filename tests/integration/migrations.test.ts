import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Database, openDatabase } from "#db/index.ts";
import { isMigrated, migrate, migrationStatus } from "#db/migrate.ts";
import { insertSession, listLiveSessions } from "#db/sessions.ts";
import { findUser } from "#db/users.ts";
import { newDatabase, type TestDatabase } from "../support/databases.ts";
import { run, secret } from "../support/server.ts";

const all = [
  "001-sign-in",
  "002-pruning",
  "003-account",
  "004-pending-sign-ups",
  "005-takeovers",
  "006-limits",
  "008-imported-users",
];
const now = 1_800_000_000_000;

let database: TestDatabase;
let db: Database;

beforeEach(async () => {
  database = await newDatabase();
  db = openDatabase(database.url);
});

afterEach(async () => {
  await db.close();
  await database.remove();
});

test("migrates an empty database to the newest version, once", async () => {
  expect(await isMigrated(db)).toBe(false);
  expect(await migrate(db)).toEqual(all);
  expect(await isMigrated(db)).toBe(true);
  expect(await migrate(db)).toEqual([]);
  expect((await migrationStatus(db)).map(({ name, at }) => [name, at instanceof Date])).toEqual(
    all.map((name) => [name, true]),
  );
});

test.each(all.slice(0, -1))("migrates a database at %s without losing data", async (version) => {
  await migrate(db, version);
  const user = {
    id: "id",
    username: "Ada",
    username_key: "ada",
    email: "Ada@example.com",
    email_key: "ada@example.com",
    email_verified: 0,
    name: "Ada Lovelace",
    role: "user",
    is_active: 1,
    password_hash: "$argon2id$…",
    joined_at: now,
    last_login_at: null,
  };
  const session = {
    id: "session",
    user_id: user.id,
    generation: 3,
    token_id: "token",
    advanced_at: now,
    created_at: now,
    authenticated_at: now,
    last_used_at: now,
    idle_expires_at: now + 1,
    expires_at: now + 2,
    remember: 1,
    amr: "pwd",
    user_agent: "Firefox “123”",
    ip: "2001:db8::1",
  };
  await db.query.insertInto("users").values(user).execute();
  await insertSession(db.query, session);
  expect(await migrate(db)).toEqual(all.slice(all.indexOf(version) + 1));
  expect(await findUser(db.query, "ADA")).toEqual({ ...user, deletes_at: null });
  expect(await listLiveSessions(db.query, user.id, now)).toEqual([{ ...session, device_id: "" }]);
});

test("lets instances that migrate at once wait for each other", async () => {
  const settings = { AUTH_SECRET: secret, DATABASE_URL: database.url };
  const ran = await Promise.all([1, 2, 3, 4].map(() => run("scripts/migrate.ts", settings)));
  expect(ran.map(({ output }) => output).sort()).toEqual([
    `Migrated: ${all.join(", ")}.\n`,
    ...Array(3).fill("The database is up to date.\n"),
  ]);
});

test("waits longer for another migration than a request would", async () => {
  // Not longer: a libSQL server ends a transaction after five seconds when another one waits.
  const hold = () => new Promise((done) => setTimeout(done, 4_400));
  const holding = Promise.withResolvers<void>();
  const held = db.exclusively(async (query) => {
    await query.selectNoFrom((select) => select.lit(1).as("one")).execute();
    holding.resolve();
    await hold();
  });
  await holding.promise;
  const second = openDatabase(database.url);
  expect(await migrate(second)).toEqual(all);
  await held;
  await second.close();
});

test("db:migrate prints what it did, and --status what is left to do", async () => {
  const settings = { AUTH_SECRET: secret, DATABASE_URL: database.url };
  const before = await run("scripts/migrate.ts", settings, "--status");
  expect(before).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^not yet +001-sign-in$/m),
  });
  expect(await run("scripts/migrate.ts", settings)).toEqual({
    code: 0,
    output: `Migrated: ${all.join(", ")}.\n`,
  });
  expect(await run("scripts/migrate.ts", settings)).toEqual({
    code: 0,
    output: "The database is up to date.\n",
  });
  const after = await run("scripts/migrate.ts", settings, "--status");
  expect(after).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^20.*Z {2}001-sign-in$/m),
  });
});

describe("case kysely#1214: another program's tables", () => {
  const migrateByCommand = () =>
    run("scripts/migrate.ts", { AUTH_SECRET: secret, DATABASE_URL: database.url });

  test("of one of our names are named, and nothing changes", async () => {
    await sql`create table users (name text)`.execute(db.query);
    await sql`insert into users values ('theirs')`.execute(db.query);
    const refused = await migrateByCommand();
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(
      /^The database has a table "users" already,.*DATABASE_SCHEMA=auth\.\n$/,
    );
    const { rows } = await sql`select * from users`.execute(db.query);
    expect(rows).toEqual([{ name: "theirs" }]);
    expect(await isMigrated(db)).toBe(false);
  });

  test("of Kysely's own name, or those of a newer version of this one, are named too", async () => {
    await migrate(db);
    await sql`insert into kysely_migration (name, timestamp)
      values ('000-theirs', '2026-01-01T00:00:00.000Z')`.execute(db.query);
    const refused = await migrateByCommand();
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(
      /^The database has been through the migration "000-theirs", .*\n$/,
    );
  });
});
