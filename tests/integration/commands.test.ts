import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "#db/index.ts";
import { engine, newDatabase, type TestDatabase } from "../support/databases.ts";
import {
  run,
  runWithInput,
  type Server,
  secret,
  startServer,
  temporaryFolder,
} from "../support/server.ts";
import { startSmtp } from "../support/smtp.ts";
import { Browser, password, problem } from "./browser.ts";

let database: TestDatabase;
let server: Server;
let settings: Record<string, string>;

beforeAll(async () => {
  database = await newDatabase();
  settings = { AUTH_SECRET: secret, DATABASE_URL: database.url, RATE_LIMITS: "off" };
  server = await startServer(settings);
});

afterAll(async () => {
  await server?.stop("SIGKILL");
  await database?.remove();
});

const user = (...args: string[]) => run("scripts/user.ts", settings, ...args);

async function signIn(username: string, secretWord = password) {
  const browser = new Browser(server.url);
  const body = { username, password: secretWord };
  return { browser, response: await browser.post("/api/auth/login", { body }) };
}

describe("npm run user", () => {
  test("create adds an account that can sign in", async () => {
    const created = await runWithInput(
      `${password}\n`,
      "scripts/user.ts",
      settings,
      ...["create", "grace", "grace@example.com", "--name", "Grace Hopper", "--role", "admin"],
    );
    expect(created).toEqual({ code: 0, output: expect.stringMatching(/^Made grace \(/) });
    const { response } = await signIn("grace");
    const answer = await response.json();
    expect(answer.user).toMatchObject({ username: "grace", name: "Grace Hopper", role: "admin" });
  });

  // case: supabase/cli#6397, of what is piped
  test("a piped password may have a byte order mark and CRLF, and must be UTF-8", async () => {
    const create = (name: string, input: string | Buffer) =>
      runWithInput(input, "scripts/user.ts", settings, "create", name, `${name}@example.com`);
    const word = "pässword of windows";
    expect((await create("piped", `\uFEFF${word}\r\n`)).code).toBe(0);
    expect((await signIn("piped", word)).response.status).toBe(200);
    const refused = await create("latin", Buffer.from(`${word}\r\n`, "latin1"));
    expect(refused).toEqual({ code: 1, output: expect.stringMatching(/not UTF-8/) });
    expect((await signIn("latin", word)).response.status).toBe(401);
  });

  test.each([
    [
      "a name that is taken",
      ["create", "grace", "other@example.com"],
      password,
      /"grace" is taken/,
    ],
    ["an address that is taken", ["create", "gr", "grace@example.com"], password, /is taken/],
    ["a weak password", ["create", "weak", "weak@example.com"], "12345678", /most common/],
    ["no email address", ["create", "weak", "weak"], password, /^email: /],
    ["no password", ["create", "none", "none@example.com"], "", /No password|Choose|at least/],
  ])("create refuses %s and adds nothing", async (_, args, word, reason) => {
    const input = word && `${word}\n`;
    const refused = await runWithInput(input, "scripts/user.ts", settings, ...args);
    expect(refused).toEqual({ code: 1, output: expect.stringMatching(reason) });
    const sessions = await user(
      "sessions",
      args[1] === "grace" ? "other@example.com" : `${args[1]}`,
    );
    expect(sessions).toEqual({ code: 1, output: expect.stringMatching(/There is no user/) });
  });

  test("disable signs a user out and keeps them out; enable undoes that", async () => {
    const browser = new Browser(server.url);
    const { user: ada, access_token: token } = await browser.signUp();
    expect(await user("disable", ada.username)).toEqual({
      code: 0,
      output: `${ada.username} is disabled; 1 session ended.\n`,
    });
    expect(await problem(await browser.get("/api/ping", { token }))).toEqual([
      401,
      "token_revoked",
    ]);
    expect(await problem(await browser.refresh())).toEqual([401, "session_expired"]);
    expect((await signIn(ada.username)).response.status).toBe(401);
    expect((await user("enable", ada.email)).code).toBe(0);
    expect((await signIn(ada.username)).response.status).toBe(200);
    expect(await problem(await browser.refresh())).toEqual([401, "session_revoked"]);
  });

  test("set-password ends every session, and the old password no longer works", async () => {
    const browser = new Browser(server.url);
    const { user: ada } = await browser.signUp();
    const args = ["set-password", ada.id];
    const weak = await runWithInput("short\n", "scripts/user.ts", settings, ...args);
    expect(weak).toEqual({ code: 1, output: expect.stringMatching(/at least 8/) });
    expect((await browser.refresh()).status).toBe(200);
    const set = await runWithInput("a new long password\n", "scripts/user.ts", settings, ...args);
    expect(set).toEqual({ code: 0, output: expect.stringMatching(/1 session ended/) });
    expect(await problem(await browser.refresh())).toEqual([401, "session_revoked"]);
    expect((await signIn(ada.username)).response.status).toBe(401);
    expect((await signIn(ada.username, "a new long password")).response.status).toBe(200);
  });

  // red team 5
  test("set-password sends its notice itself, and keeps emails that it cannot open", async () => {
    const own = await newDatabase();
    const smtp = await startSmtp();
    const there = {
      ...settings,
      DATABASE_URL: own.url,
      SMTP_URL: smtp.url,
      MAIL_FROM: "no-reply@example.com",
    };
    await run("scripts/migrate.ts", there);
    const create = ["create", "mia", "mia@example.com"];
    await runWithInput(`${password}\n`, "scripts/user.ts", there, ...create);
    const set = (more = {}) =>
      runWithInput(
        "a new long password\n",
        "scripts/user.ts",
        { ...there, ...more },
        ...["set-password", "mia"],
      );
    expect(await set()).toEqual({ code: 0, output: expect.stringMatching(/has a new password/) });
    await smtp.take("mia@example.com", /password was changed/);

    // Queued while the mail server is away, then met by a command with another secret.
    await set({ SMTP_URL: "smtp://127.0.0.1:1" });
    const db = openDatabase(own.url);
    await db.query.updateTable("mails").set({ send_at: 0 }).execute();
    const stranger = await set({ AUTH_SECRET: "another secret of another deployment" });
    expect(stranger.output.match(/sealed under another AUTH_SECRET/g)).toHaveLength(1);
    await smtp.take("mia@example.com", /password was changed/);
    expect(await db.query.selectFrom("mails").select("id").execute()).toHaveLength(1);
    await db.query.updateTable("mails").set({ send_at: 0 }).execute();
    await set();
    await smtp.take("mia@example.com", /password was changed/);
    await smtp.take("mia@example.com", /password was changed/);
    await db.close();
    await smtp.close();
    await own.remove();
  });

  test("sessions lists a user's sessions, and revoke ends one or all", async () => {
    const browser = new Browser(server.url);
    const { user: ada } = await browser.signUp();
    const { browser: second } = await signIn(ada.username);
    const listed = (await user("sessions", ada.username)).output.trim().split("\n");
    expect(listed).toHaveLength(2);
    const [latest = ""] = listed[0]?.split(" ") ?? [];
    expect(await user("revoke", ada.username, latest)).toEqual({
      code: 0,
      output: `1 session of ${ada.username} ended.\n`,
    });
    expect(await problem(await second.refresh())).toEqual([401, "session_revoked"]);
    expect((await browser.refresh()).status).toBe(200);
    expect((await user("revoke", ada.username, latest)).code).toBe(1);
    expect((await user("revoke", ada.username)).output).toMatch(/^1 session /);
    expect((await user("sessions", ada.username)).output).toMatch(/signed in nowhere/);
  });

  test("create takes the fields that a project has added to sign-up", async () => {
    const copy = temporaryFolder();
    for (const name of ["db", "lib", "scripts/lib", "scripts/user.ts", "package.json"]) {
      cpSync(name, join(copy.path, name), { recursive: true });
    }
    symlinkSync(resolve("node_modules"), join(copy.path, "node_modules"));
    const schemas = join(copy.path, "lib/contract/schemas.ts");
    const added = readFileSync(schemas, "utf8").replace(
      "signupSchema = z.object({",
      '$&\n  company: z.string("Enter a company.").max(9, "Use at most 9 characters."),',
    );
    writeFileSync(schemas, added);
    const create = (name: string, ...fields: string[]) =>
      runWithInput(
        `${password}\n`,
        join(copy.path, "scripts/user.ts"),
        settings,
        ...["create", name, `${name}@example.com`, ...fields],
      );
    expect(await create("hal", "company=Acme")).toMatchObject({ code: 0 });
    expect(await create("mac")).toEqual({ code: 1, output: "company: Enter a company.\n" });
    expect(await create("mac", "company=Acme Ltd. & Co.")).toEqual({
      code: 1,
      output: "company: Use at most 9 characters.\n",
    });
    copy.remove();
    for (const wrong of ["company=Acme", "Acme"]) {
      const { code, output } = await user("create", "mac", "mac@example.com", wrong);
      expect([code, output]).toEqual([2, expect.stringContaining("Usage: npm run user")]);
    }
  });

  test("explains its usage, also when it does not understand its arguments", async () => {
    const help = await user("--help");
    expect(help).toEqual({ code: 0, output: expect.stringMatching(/^Usage: npm run user/) });
    for (const args of [[], ["destroy"], ["disable"], ["create", "only"], ["--force", "disable"]]) {
      const { code, output } = await user(...args);
      expect([code, output]).toEqual([2, expect.stringContaining("Usage: npm run user")]);
    }
    const nobody = await user("disable", "nobody");
    expect(nobody).toEqual({ code: 1, output: 'There is no user "nobody".\n' });
  });
});

describe("npm run audit", () => {
  const audit = (...args: string[]) => run("scripts/audit.ts", settings, ...args);
  const lines = ({ output }: { output: string }) => output.trimEnd().split("\n");

  test("prints what happened to a user, newest last", async () => {
    const browser = new Browser(server.url);
    const { user: ada } = await browser.signUp();
    await signIn(ada.username, "wrong password");
    await signIn(ada.email, "wrong again");
    const { code, ...said } = await audit("--user", ada.email);
    expect(code).toBe(0);
    expect(lines(said).map((line) => line.split(/ +/).slice(1, 5))).toEqual([
      ["signup", ada.username, "-", "127.0.0.1"],
      ["login_failed", ada.username, "-", "127.0.0.1"],
      ["login_failed", ada.username, "-", "127.0.0.1"],
    ]);

    const signups = await audit("--user", ada.username, "--type", "signup", "--json");
    const [line = "", ...others] = lines(signups);
    expect(others).toEqual([]);
    expect(JSON.parse(line)).toMatchObject({
      type: "signup",
      user_id: ada.id,
      username: ada.username,
      at: expect.stringMatching(/Z$/),
    });
    const newest = await audit("--user", ada.id, "--limit", "1", "--since", "1h");
    expect(lines(newest)).toEqual([expect.stringMatching(/Z {2}login_failed /)]);
  });

  test("without a user covers everyone, including unknown usernames", async () => {
    await signIn("nobody-at-all");
    expect(lines(await audit("--limit", "1"))).toEqual([
      expect.stringMatching(/Z {2}login_failed {2}- /),
    ]);
    expect((await audit("--since", "2999-01-01")).output).toBe("Nothing has been recorded.\n");
  });

  test("explains its usage, also when it does not understand its arguments", async () => {
    expect(await audit("--help")).toEqual({
      code: 0,
      output: expect.stringMatching(/^Usage: npm run audit/),
    });
    const nobody = await audit("--user", "nobody");
    expect(nobody).toEqual({ code: 1, output: 'There is no user "nobody".\n' });
    for (const args of [["--since", "soon"], ["--limit", "0"], ["ada"], ["--everything"]]) {
      const { code, output } = await audit(...args);
      expect([code, output]).toEqual([2, expect.stringContaining("Usage: npm run audit")]);
    }
  });
});

test("prune removes expired rows in batches and keeps the others", async () => {
  const kept = new Browser(server.url);
  const { access_token: token } = await kept.signUp();
  const ended = new Browser(server.url);
  const { user: owner } = await ended.signUp();
  await ended.copy().post("/api/auth/logout");

  const db = openDatabase(database.url);
  const past = Date.now() - 1000;
  const rows = Array.from({ length: 2_500 }, (_, i) => ({
    session_id: `over ${i}`,
    user_id: owner.id,
    reason: "logout" as const,
    revoked_at: past,
    expires_at: past,
  }));
  for (let i = 0; i < rows.length; i += 500) {
    await db.query
      .insertInto("blacklist")
      .values(rows.slice(i, i + 500))
      .execute();
  }
  await db.close();

  const pruned = await run("scripts/prune.ts", settings);
  expect(pruned).toEqual({ code: 0, output: expect.stringMatching(/^blacklist: 2500 removed$/m) });
  expect((await kept.get("/api/ping", { token })).status).toBe(200);
  expect((await kept.refresh()).status).toBe(200);
  expect(await problem(await ended.refresh())).toEqual([401, "session_revoked"]);
  expect((await run("scripts/prune.ts", settings)).output).toMatch(/^blacklist: 0 removed$/m);
});

test("a command that fails halfway leaves nothing half done", async () => {
  const broken = await newDatabase();
  const there = { ...settings, DATABASE_URL: broken.url };
  await run("scripts/migrate.ts", there);
  const args = ["create", "ada", "ada@example.com"];
  await runWithInput(`${password}\n`, "scripts/user.ts", there, ...args);
  const db = openDatabase(broken.url);
  const row = { reason: "logout", revoked_at: 1, expires_at: 1 } as const;
  const over = { session_id: "over", user_id: "nobody", ...row };
  await db.query.insertInto("blacklist").values(over).execute();

  // A user who is disabled but still signed in would be the worst of both.
  await db.query.schema.alterTable("audit_events").renameTo("elsewhere").execute();
  expect((await run("scripts/user.ts", there, "disable", "ada")).code).toBe(1);
  const { is_active } = await db.query
    .selectFrom("users")
    .select("is_active")
    .executeTakeFirstOrThrow();
  expect(is_active).toBe(1);

  // Pruning deletes a session before the blacklist row that refuses it.
  await db.query.schema.alterTable("sessions").renameTo("away").execute();
  expect((await run("scripts/prune.ts", there)).code).toBe(1);
  expect(await db.query.selectFrom("blacklist").select("session_id").execute()).toHaveLength(1);
  await db.close();
  await broken.remove();
});

test("a deployment of pages only has nothing to migrate", async () => {
  const pages = { AUTH_SECRET: secret, APP_URL: "https://www.example.com" };
  for (const name of ["NEXT_PUBLIC_API_HOST", "API_PROXY_TARGET"]) {
    const ran = await run("scripts/migrate.ts", { ...pages, [name]: "https://api.example.org" });
    expect(ran).toEqual({ code: 0, output: expect.stringMatching(/pages only, and no database/) });
  }
});

test("migrate says what has run", async () => {
  const status = await run("scripts/migrate.ts", settings, "--status");
  expect(status).toEqual({ code: 0, output: expect.stringMatching(/Z {2}001-sign-in$/m) });
  expect((await run("scripts/migrate.ts", settings)).output).toBe("The database is up to date.\n");

  const fresh = await newDatabase();
  const elsewhere = { ...settings, DATABASE_URL: fresh.url };
  const before = await run("scripts/migrate.ts", elsewhere, "--status");
  expect(before).toEqual({ code: 1, output: expect.stringMatching(/^not yet +001-sign-in$/m) });
  await fresh.remove();
});

// It takes 30 s, and has nothing to do with the database of the others.
test.runIf(engine === "sqlite")("a command says when its database is unreachable", async () => {
  const nowhere = { ...settings, DATABASE_URL: "postgres://localhost:1/none" };
  const { code, output } = await run("scripts/prune.ts", nowhere);
  // It may be asleep, so the command waits first (case: healthchecks#1193).
  expect(output).toMatch(/^The database does not answer yet .*\nThe database does not answer: /);
  expect(code).toBe(1);
});
