/** Faults that only Postgres and its connections have. */
import { sql } from "kysely";
import pg from "pg";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { isUnavailable, openDatabase } from "#db/index.ts";
import { createPostgresDatabase, engine } from "../support/databases.ts";
import { secret, startServer } from "../support/server.ts";
import { Browser } from "./browser.ts";

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

describe.runIf(engine === "postgres")("Postgres", () => {
  test("ends a connection between two statements: the transaction fails, and the next query works", async () => {
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

  test("whose transactions are all serializable: the losing one runs again", async () => {
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

    // Each transaction reads what the other writes, so one is certain to lose.
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
  ])("that refuses the %s is unavailable: a pooler may do so for now", async (_, change) => {
    const db = openDatabase(change(new URL(inject("postgresUrl"))).href);
    await expect(sql`select 1`.execute(db.query)).rejects.toSatisfy(isUnavailable);
    await db.close();
  });
});
