/** What happens when the database server stops, hangs or cannot be reached (docs/operating.md). */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Database, isUnavailable, openDatabase } from "#db/index.ts";
import { migrate } from "#db/migrate.ts";
import { engine, newDatabase } from "../support/databases.ts";
import { startPostgres } from "../support/postgres.ts";
import { run, type Server, secret, startServer } from "../support/server.ts";
import { startSqld } from "../support/sqld.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { Browser, password, problem } from "./browser.ts";

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

// SQLite has no server; its faults are in tests/integration/sqlite-faults.test.ts.
describe.skipIf(engine === "sqlite")("a database server", () => {
  let database: Awaited<ReturnType<typeof startPostgres | typeof startSqld>>;
  let proxy: TcpProxy;
  let settings: Record<string, string>;
  let server: Server;

  beforeAll(async () => {
    database = await (engine === "postgres" ? startPostgres() : startSqld());
    const url = new URL(database.url);
    proxy = await startTcpProxy(Number(url.port));
    url.port = String(proxy.port);
    settings = {
      AUTH_SECRET: secret,
      DATABASE_URL: url.href,
      RATE_LIMITS: "off",
      REFRESH_TOKEN_MIN_AGE: "0",
    };
    server = await startServer(settings);
  });

  afterAll(async () => {
    await server.stop();
    await proxy.close();
    await database.remove();
  });

  // case: healthchecks/healthchecks#1193
  test("that sleeps is waited for by a migration, with a line that says so", async () => {
    proxy.block(true);
    const migrated = run("scripts/migrate.ts", settings);
    await pause(4_000);
    proxy.block(false);
    const { code, output } = await migrated;
    expect(output).toMatch(
      /^The database does not answer yet \(.*\)\. Waiting for it, up to 30 s\.$/m,
    );
    expect(output).toMatch(/^The database is up to date\.$/m);
    expect(code).toBe(0);
  });

  async function expectUnavailable(response: Response) {
    expect(response.headers.get("retry-after")).toBe("5");
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await problem(response)).toEqual([503, "unavailable"]);
  }

  test("that stops and starts again under traffic signs no user out", async () => {
    const browsers = Array.from({ length: 12 }, () => new Browser(server.url));
    for (const browser of browsers) await browser.signUp();
    const statuses = new Set<number>();
    let busy = true;
    const traffic = browsers.map(async (browser) => {
      while (busy) statuses.add((await browser.refresh()).status);
    });
    await pause(500);
    await database.stop();
    await expectUnavailable(await (browsers[0] as Browser).copy().refresh());
    expect((await fetch(`${server.url}/api/health/live`)).status).toBe(200);
    expect((await fetch(`${server.url}/api/health`)).status).toBe(503);
    await pause(500);
    await database.start();
    await pause(1500);
    busy = false;
    await Promise.all(traffic);
    expect([...statuses].sort()).toEqual([200, 503]);
    for (const browser of browsers) expect((await browser.refresh()).status).toBe(200);
  });

  test("that hangs causes a 503 in under five seconds and leaves nothing half-done", async () => {
    const browser = new Browser(server.url);
    const { access_token: token } = await browser.signUp();
    const body = { username: "ada", email: "ada@example.com", password: "correct horse battery" };
    proxy.block(true);
    const started = performance.now();
    const answers = await Promise.all([
      browser.copy().refresh(),
      browser.get("/api/ping", { token }),
      browser.copy().post("/api/auth/logout"),
      new Browser(server.url).post("/api/auth/signup", { body }),
    ]);
    expect(performance.now() - started).toBeLessThan(5_000);
    for (const answer of answers) await expectUnavailable(answer);
    proxy.block(false);
    expect((await browser.refresh()).status).toBe(200);
    expect((await browser.get("/api/ping", { token })).status).toBe(200);
    // The sign-up left no account behind.
    const again = await new Browser(server.url).post("/api/auth/signup", { body });
    expect(again.status).toBe(201);
  });

  test("that hangs during a transaction fails it in under five seconds", async () => {
    const db = openDatabase(settings.DATABASE_URL ?? "");
    let started = 0;
    const hanging = db.atomically(async ({ query }) => {
      await query.deleteFrom("rate_limits").where("key", "=", "one").execute();
      proxy.block(true);
      started = performance.now();
      await query.deleteFrom("rate_limits").where("key", "=", "another").execute();
    });
    await expect(hanging).rejects.toSatisfy(isUnavailable);
    expect(performance.now() - started).toBeLessThan(5_000);
    proxy.block(false);
    await db.close();
  });

  test.each(["before", "after"] as const)(
    "whose connection breaks during an advance, %s the statement arrives, signs no user out",
    async (when) => {
      const browser = new Browser(server.url);
      await browser.signUp();
      await browser.refresh();
      proxy.cutNext(/update .{0,2}sessions/, when);
      await expectUnavailable(await browser.refresh());
      expect(proxy.isCutPending()).toBe(false);
      for (let i = 0; i < 3; i += 1) expect((await browser.refresh()).status).toBe(200);
    },
  );

  test("that is unreachable when the program starts is waited for", async () => {
    proxy.block(true);
    setTimeout(() => proxy.block(false), 6_000);
    const late = await startServer(settings, { migrate: false });
    expect(late.output()).toContain("the database does not answer yet");
    // It has not read its signing keys yet. A sign-up that cannot read them creates nothing.
    const body = { username: "grace", email: "grace@example.com", password };
    proxy.cutNext(/signing_keys/, "before");
    await expectUnavailable(await new Browser(late.url).post("/api/auth/signup", { body }));
    expect(proxy.isCutPending()).toBe(false);
    expect((await new Browser(late.url).post("/api/auth/signup", { body })).status).toBe(201);
    await late.stop();
  });
});

test.runIf(engine === "libsql")(
  "a libSQL transaction that exceeds the server's time limit is unavailable",
  async () => {
    const database = await newDatabase();
    const [slow, other] = [openDatabase(database.url), openDatabase(database.url)];
    onTestFinished(async () => {
      await slow.close();
      await other.close();
      await database.remove();
    });
    await migrate(slow);
    const write = ({ query }: Database) =>
      query.deleteFrom("rate_limits").where("key", "=", "one").execute();
    const outlasting = slow.atomically(async (db) => {
      await write(db);
      const waiting = Promise.allSettled([write(other)]);
      await pause(6_000);
      await waiting;
      await write(db);
    });
    await expect(outlasting).rejects.toSatisfy(isUnavailable);
  },
);

test.runIf(engine === "libsql")("half a response from a libSQL server is unavailable", async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "1000" });
    response.write('{"baton":');
    setTimeout(() => response.destroy(), 100);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const db = openDatabase(`http://127.0.0.1:${port}`);
  await expect(sql`select 1`.execute(db.query)).rejects.toSatisfy(isUnavailable);
  await db.close();
  server.close();
});
