import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Database, openDatabase } from "#db/index.ts";
import { findUser, replacePassword } from "#db/users.ts";
import django from "../fixtures/django-hashes.json" with { type: "json" };
import { newDatabase, type TestDatabase } from "../support/databases.ts";
import { run, type Server, secret, startServer, temporaryFolder } from "../support/server.ts";
import { Browser, password, problem } from "./browser.ts";

const folder = temporaryFolder();
const argon2id = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;
let database: TestDatabase;
let server: Server;
let settings: Record<string, string>;
let db: Database;

beforeAll(async () => {
  database = await newDatabase();
  settings = { AUTH_SECRET: secret, DATABASE_URL: database.url, RATE_LIMITS: "off" };
  server = await startServer(settings);
  db = openDatabase(database.url);
});

afterAll(async () => {
  await db?.close();
  await server?.stop("SIGKILL");
  await database?.remove();
  folder.remove();
});

const importDump = (file: string, ...args: string[]) =>
  run("scripts/user.ts", settings, "import", file, ...args);

const signIn = (username: string, word: string) =>
  new Browser(server.url).post("/api/auth/login", { body: { username, password: word } });

async function countUsers() {
  const { fn } = db.query;
  const { n } = await db.query
    .selectFrom("users")
    .select(fn.countAll<number>().as("n"))
    .executeTakeFirstOrThrow();
  return Number(n);
}

describe("a dump written by Django", () => {
  const remarks = [
    'record 6 "nomail": skipped, it has no email address',
    'record 7 "ADA": skipped, record 1 has its username (capitals make no difference)',
    'record 8 "ada2": skipped, record 1 has the same email address',
    'record 9 "broken": skipped, its email address is not valid',
    'record 11 "ken": it needs a new password: md5 is not used here',
    'record 12 "margaret@example.com": its username serves as the email address',
  ];
  const fixture = "tests/fixtures/django-dump.json";

  test("can be tried first, which changes nothing", async () => {
    const { code, output } = await importDump(fixture, "--dry-run");
    const summary = "12 records: 8 would be imported, 0 there already and untouched, 4 skipped.";
    expect([code, output.trim().split("\n")]).toEqual([0, [...remarks, summary]]);
    expect(await countUsers()).toBe(0);
  });

  test("is imported, with a line for each record that is changed or skipped", async () => {
    const { code, output } = await importDump(fixture, "--model", "auth.User");
    const summary = "12 records: 8 imported, 0 there already and untouched, 4 skipped.";
    expect([code, output.trim().split("\n")]).toEqual([0, [...remarks, summary]]);
    expect(await countUsers()).toBe(8);
  });

  test.each([
    ["ada", "PBKDF2"],
    ["Grace@Example.com", "argon2"],
    ["grace", "bcrypt"],
    ["müller", "PBKDF2 with SHA-1"],
  ])("lets %s sign in, which renews the hash (%s)", async (username) => {
    const old = await findUser(db.query, username.toLowerCase());
    expect(await problem(await signIn(username, "wrong password"))).toEqual([
      401,
      "invalid_credentials",
    ]);
    expect(await findUser(db.query, username.toLowerCase())).toEqual(old);

    const [first, second] = await Promise.all([
      signIn(username, password),
      signIn(username, password),
    ]);
    expect([first.status, second.status]).toEqual([200, 200]);
    const renewed = await findUser(db.query, username.toLowerCase());
    expect(renewed?.password_hash).toMatch(argon2id);
    expect((await signIn(username, password)).status).toBe(200);
    expect((await findUser(db.query, username.toLowerCase()))?.password_hash).toBe(
      renewed?.password_hash,
    );
  });

  test("keeps roles, names and times", async () => {
    const answer = await (await signIn("ada", password)).json();
    expect(answer.user).toMatchObject({
      name: "Ada Lovelace",
      role: "admin",
      email_verified: false,
      date_joined: "2019-03-14T15:09:26.535Z",
    });
    expect((await (await signIn("margaret@example.com", password)).json()).user.role).toBe("user");
  });

  test("keeps users out who were inactive or have no password", async () => {
    for (const username of ["linus+kernel", "passwordless"]) {
      const refused = await signIn(username, password);
      expect(await problem(refused)).toEqual([401, "invalid_credentials"]);
    }
    expect((await findUser(db.query, "linus+kernel"))?.password_hash).toMatch(/^scrypt\$/);
  });

  test("may be imported again: existing accounts stay untouched, renamed or not", async () => {
    const ada = new Browser(server.url);
    const body = { username: "ada", password };
    const { access_token: token } = await (await ada.post("/api/auth/login", { body })).json();
    const change = { username: "countess" };
    expect((await ada.send("PATCH", "/api/auth/me", { token, body: change })).status).toBe(200);
    const before = await db.query.selectFrom("users").selectAll().orderBy("id").execute();

    const { code, output } = await importDump(fixture);
    expect([code, output.trim().split("\n").at(-1)]).toEqual([
      0,
      // "ADA" is not imported now, because the username is held for its owner (red team 10).
      "12 records: 0 imported, 8 there already and untouched, 4 skipped.",
    ]);
    expect(output).toContain('record 7 "ADA": skipped, its username is held');
    const after = await db.query.selectFrom("users").selectAll().orderBy("id").execute();
    expect(after).toEqual(before);
  });

  test("is in the audit log", async () => {
    const events = await db.query
      .selectFrom("audit_events")
      .selectAll()
      .where("type", "=", "user_created")
      .execute();
    expect(events).toHaveLength(8);
    expect(events[0]).toMatchObject({ detail: "imported", user_agent: "npm run user" });
  });
});

test("an import runs in batches and skips what clashes with existing accounts", async () => {
  const [{ hash: stored } = { hash: "" }] = django.hashes;
  const person = (pk: number, username: string, email: string) => ({
    model: "shop.customer",
    pk,
    fields: { password: stored, username, email },
  });
  const people = Array.from({ length: 1_200 }, (_, i) =>
    person(i, `person${i}`, `Person${i}@Example.com`),
  );
  const { user: local } = await new Browser(server.url).signUp();
  people[10] = person(10, local.username, "other@example.com");
  people[700] = person(700, "other", local.email.toUpperCase());
  const [repeated] = people;
  if (repeated) people.push(repeated);
  const file = `${folder.path}/customers.json`;
  writeFileSync(file, JSON.stringify(people));

  const before = await countUsers();
  const { code, output } = await importDump(file);
  expect([code, output.trim().split("\n")]).toEqual([
    0,
    [
      `record 11 "${local.username}": skipped, an account here has its username (capitals make no difference)`,
      'record 701 "other": skipped, an account here has its email address',
      'record 1201 "person0": skipped, it is record 1 again',
      "1201 records: 1198 imported, 0 there already and untouched, 3 skipped.",
    ],
  ]);
  expect(await countUsers()).toBe(before + 1_198);
  expect(await findUser(db.query, local.email)).toMatchObject({ id: local.id });
  expect((await importDump(file)).output).toMatch(/: 0 imported, 1198 there already .* 3 skipped/);
});

test("two imports at once create each account once", async () => {
  const [{ hash: stored } = { hash: "" }] = django.hashes;
  const people = Array.from({ length: 1_000 }, (_, pk) => ({
    model: "auth.user",
    pk: pk + 100_000,
    fields: { password: stored, username: `twin${pk}`, email: `twin${pk}@example.com` },
  }));
  const file = `${folder.path}/twins.jsonl`;
  writeFileSync(file, people.map((person) => JSON.stringify(person)).join("\n"));
  const before = await countUsers();
  const both = await Promise.all([importDump(file), importDump(file)]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(await countUsers()).toBe(before + 1_000);
});

test("an import of anything else is refused with the reason", async () => {
  const file = `${folder.path}/else.json`;
  writeFileSync(file, "{}");
  expect(await importDump(file)).toEqual({ code: 1, output: expect.stringMatching(/dumpdata/) });
  const missing = await importDump(`${folder.path}/missing.json`);
  expect(missing).toEqual({ code: 1, output: expect.stringMatching(/cannot be read/) });
  expect((await run("scripts/user.ts", settings, "import")).code).toBe(2);
});

async function storeHash(id: string, password_hash: string) {
  await db.query.updateTable("users").set({ password_hash }).where("id", "=", id).execute();
}

test("a rehash never overwrites a password that was changed meanwhile", async () => {
  const { user } = await new Browser(server.url).signUp();
  const password_hash = (await findUser(db.query, user.id))?.password_hash ?? "";
  await storeHash(user.id, "the new one's hash");
  expect(await replacePassword(db.query, { id: user.id, password_hash }, "rehashed")).toBe(false);
  expect((await findUser(db.query, user.id))?.password_hash).toBe("the new one's hash");
});

test("a hash that cannot be verified is a failed sign-in, and the audit log says why", async () => {
  const { user } = await new Browser(server.url).signUp();
  const cost = "$argon2id$v=19$m=4194304,t=9,p=1$c29tZXNhbHRzb21lc2FsdA$c29tZXNhbHRzb21lc2FsdA";
  for (const [stored, detail] of [
    [cost, "hash too_costly"],
    ["sha1$salt$hash", "hash unknown_format"],
    ["", ""],
  ] as const) {
    await storeHash(user.id, stored);
    const refused = await signIn(user.username, password);
    expect(await problem(refused)).toEqual([401, "invalid_credentials"]);
    const events = await db.query
      .selectFrom("audit_events")
      .select(["type", "detail"])
      .where("user_id", "=", user.id)
      .where("type", "=", "login_failed")
      .where("detail", "=", detail)
      .execute();
    expect(events).toHaveLength(1);
  }
});
