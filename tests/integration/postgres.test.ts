/** Faults that only Postgres has: cut connections, serialization conflicts, refused logins. */
import { sql } from "kysely";
import pg from "pg";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { isUnavailable, openDatabase } from "#db/index.ts";
import { createPostgresDatabase, engine } from "../support/databases.ts";
import { run, secret, startServer } from "../support/server.ts";
import { Browser } from "./browser.ts";

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

describe.runIf(engine === "postgres")("Postgres", () => {
  test("fails a transaction whose connection ends between two statements, and the next query works", async () => {
    const url = inject("postgresUrl");
    const db = openDatabase(url);
    const admin = new pg.Client({ connectionString: url });
    await admin.connect();
    const cut = db.atomically(async ({ query }) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(query);
      await admin.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
      // An unhandled error event would end the process here.
      await pause(300);
      await sql`select 1`.execute(query);
    });
    await expect(cut).rejects.toSatisfy(isUnavailable);
    const { rows } = await sql`select 1 as one`.execute(db.query);
    expect(rows).toEqual([{ one: 1 }]);
    await admin.end();
    await db.close();
  });

  test("runs a transaction again that loses a serialization conflict", async () => {
    const { url } = await createPostgresDatabase(inject("postgresUrl"));
    const admin = new pg.Client({ connectionString: inject("postgresUrl") });
    await admin.connect();
    const name = new URL(url).pathname.slice(1);
    await admin.query(`alter database ${name} set default_transaction_isolation = serializable`);
    await admin.end();

    const server = await startServer({
      AUTH_SECRET: secret,
      DATABASE_URL: url,
      RATE_LIMITS: "off",
    });
    onTestFinished(() => server.stop());
    const signUps = Array.from({ length: 30 }, () => new Browser(server.url).signUp());
    await Promise.allSettled(signUps);
    expect(server.output()).not.toContain('"reason"');
    expect(await Promise.all(signUps)).toHaveLength(30);

    // Each reads what the other writes, so one of them always loses.
    const db = openDatabase(url);
    let runs = 0;
    const rename = () =>
      db.atomically(async ({ query }) => {
        runs += 1;
        const users = await query.selectFrom("users").select("id").execute();
        await pause(100);
        const id = users[runs % 2]?.id ?? "";
        await query
          .updateTable("users")
          .set({ name: `${runs}` })
          .where("id", "=", id)
          .execute();
      });
    await Promise.all([rename(), rename()]);
    expect(runs).toBeGreaterThan(2);
    await db.close();
  });

  test.each([
    ["password", (url: URL) => Object.assign(url, { password: "wrong" })],
    ["database", (url: URL) => Object.assign(url, { pathname: "/nowhere" })],
  ])(
    "that refuses the %s is unavailable, because a busy pooler may refuse it too",
    async (_, change) => {
      const db = openDatabase(change(new URL(inject("postgresUrl"))).href);
      await expect(sql`select 1`.execute(db.query)).rejects.toSatisfy(isUnavailable);
      await db.close();
    },
  );

  test.each([
    ["password", (url: URL) => Object.assign(url, { password: "hunter2" })],
    ["database", (url: URL) => Object.assign(url, { pathname: "/nowhere" })],
  ])("that refuses the %s is not waited for, and the password not shown", async (_, change) => {
    const DATABASE_URL = change(new URL(inject("postgresUrl"))).href;
    const started = performance.now();
    const { code, output } = await run("scripts/migrate.ts", { AUTH_SECRET: secret, DATABASE_URL });
    expect(code).toBe(1);
    expect(output).toMatch(/^The database does not answer: /);
    expect(output).not.toMatch(/hunter2|postgres:\/\//);
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  // case: kysely-org/kysely#1214
  test("keeps the tables in DATABASE_SCHEMA, beside an application's own and another migration table", async () => {
    const { url } = await createPostgresDatabase(inject("postgresUrl"));
    const admin = new pg.Client({ connectionString: url });
    await admin.connect();
    await admin.query(`
      create table users (name text); insert into users values ('theirs');
      create schema other; create table other.kysely_migration (name text);
      create table other.kysely_migration_lock (id text);
    `);
    const settings = { AUTH_SECRET: secret, DATABASE_URL: url, DATABASE_SCHEMA: "auth" };
    const refused = await run("scripts/migrate.ts", { ...settings, DATABASE_SCHEMA: "" });
    expect(refused.output).toMatch(/^The database has a table "users" already/);

    const server = await startServer(settings);
    onTestFinished(() => server.stop());
    const browser = new Browser(server.url);
    const { user, access_token: token } = await browser.signUp();
    expect((await browser.refresh()).status).toBe(200);
    expect((await browser.get("/api/ping", { token })).status).toBe(200);
    const body = { username: user.username, password: "wrong password" };
    expect((await new Browser(server.url).post("/api/auth/login", { body })).status).toBe(401);
    expect((await browser.post("/api/auth/logout")).status).toBe(204);
    const listed = await run("scripts/user.ts", settings, "sessions", user.username);
    expect(listed.output).toBe(`${user.username} is signed in nowhere.\n`);
    const pruned = await run("scripts/prune.ts", settings);
    expect(pruned.code).toBe(0);
    const again = await run("scripts/migrate.ts", settings);
    expect(again.output).toBe("The database is up to date.\n");

    const { rows } = await admin.query(
      "select table_schema, table_name from information_schema.tables where table_schema in ('public', 'other', 'auth')",
    );
    const tables = (schema: string) =>
      rows.filter((row) => row.table_schema === schema).map((row) => row.table_name);
    expect(tables("public")).toEqual(["users"]);
    expect(tables("other").sort()).toEqual(["kysely_migration", "kysely_migration_lock"]);
    expect(tables("auth")).toEqual(
      expect.arrayContaining(["users", "sessions", "kysely_migration"]),
    );
    expect((await admin.query("select * from users")).rows).toEqual([{ name: "theirs" }]);
    await admin.end();
  });

  test("is migrated where another program has a kysely_migration in another schema", async () => {
    const { url } = await createPostgresDatabase(inject("postgresUrl"));
    const admin = new pg.Client({ connectionString: url });
    await admin.connect();
    await admin.query("create schema other; create table other.kysely_migration (name text)");
    await admin.end();
    const migrated = await run("scripts/migrate.ts", { AUTH_SECRET: secret, DATABASE_URL: url });
    expect(migrated.output).toMatch(/^Migrated: /);
  });
});
