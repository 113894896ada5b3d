/** What a deployment already has goes on working: tests/fixtures/existing-data/make.ts made it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Database, openDatabase } from "#db/index.ts";
import { engine } from "../support/databases.ts";
import { clockAhead, type Server, startServer, temporaryFolder } from "../support/server.ts";
import { codeIn, type Smtp, startSmtp } from "../support/smtp.ts";
import { claimsOf, routes } from "./accounts.ts";
import { Browser, password, problem } from "./browser.ts";

const fixtures = join(import.meta.dirname, "../fixtures/existing-data");
const { madeAt, secret, kid, owner, revoked } = JSON.parse(
  readFileSync(join(fixtures, "browsers.json"), "utf8"),
);
const email = "ada@example.com";

describe.runIf(engine === "sqlite")("what was made before the keyring", () => {
  const folder = temporaryFolder();
  let smtp: Smtp;
  let server: Server;
  let db: Database;

  beforeAll(async () => {
    const file = join(folder.path, "auth.db");
    writeFileSync(file, gunzipSync(readFileSync(join(fixtures, "auth.db.gz"))));
    smtp = await startSmtp();
    server = await startServer({
      // Two minutes later: the access tokens are still valid, and the refresh token advances.
      ...clockAhead((madeAt + 120_000 - Date.now()) / 1000),
      AUTH_SECRET: secret,
      DATABASE_URL: `file:${file}`,
      APP_URL: "http://localhost:3000",
      SMTP_URL: smtp.url,
      MAIL_FROM: "Latchkey <no-reply@example.com>",
      REFRESH_TOKEN_LIFETIME: String(400 * 24 * 3600),
      SESSION_LIFETIME: String(3650 * 24 * 3600),
    });
    db = openDatabase(`file:${file}`);
  });

  afterAll(async () => {
    await db.close();
    await server.stop();
    await smtp.close();
    folder.remove();
  });

  function browserWith(cookies: Record<string, string>): Browser {
    const browser = new Browser(server.url);
    for (const [name, value] of Object.entries(cookies)) browser.cookies.set(name, value);
    return browser;
  }

  const signIn = (browser: Browser, word = password) =>
    browser.post(routes.login, { body: { username: "ada", password: word } });

  const attempts = () => db.query.selectFrom("rate_limits").select(["key", "count"]).execute();

  test("the signing key is published, and no other", async () => {
    const jwks = await (await new Browser(server.url).get("/.well-known/jwks.json")).json();
    expect(jwks.keys.map((key: { kid: string }) => key.kid)).toEqual([kid]);
  });

  test("an access token is valid", async () => {
    const { accessToken: token } = owner;
    const response = await new Browser(server.url).get("/api/auth/me", { token });
    expect([response.status, await response.json()]).toEqual([
      200,
      expect.objectContaining({ username: "ada", email }),
    ]);
  });

  test("a refresh cookie opens a protected page, and refreshes for as long as it is used", async () => {
    const browser = browserWith(owner.cookies);
    expect((await browser.get("/me")).status).toBe(200);
    expect((await new Browser(server.url).get("/me")).status).toBe(307);
    for (let refreshes = 0; refreshes < 2; refreshes += 1) {
      const response = await browser.refresh();
      expect(response.status).toBe(200);
      const { access_token: token } = await response.json();
      expect(claimsOf(token).sid).toBe(claimsOf(owner.accessToken).sid);
      expect((await browser.get("/api/auth/me", { token })).status).toBe(200);
    }
    expect(Object.values(owner.cookies)).not.toContain(browser.cookies.get("__Host-refresh_token"));
  });

  test("a session that was revoked stays so", async () => {
    expect(await problem(await browserWith(revoked.cookies).refresh())).toEqual([
      401,
      "session_revoked",
    ]);
    const call = await new Browser(server.url).get("/api/auth/me", { token: revoked.accessToken });
    expect(await problem(call)).toEqual([401, "token_revoked"]);
  });

  test("an email that waited is delivered, and its code with the password verifies the address", async () => {
    const code = codeIn(await smtp.take(email, /Confirm/));
    const response = await new Browser(server.url).post(routes.verify, {
      body: { email, code, password },
    });
    expect(response.status).toBe(200);
  });

  test("guesses that were counted are counted on", async () => {
    const before = await attempts();
    expect(before.map(({ count }) => Number(count))).toContain(2);
    expect((await signIn(new Browser(server.url), "a wrong guess")).status).toBe(401);
    const after = await attempts();
    expect(after.filter(({ count }) => Number(count) === 3).map(({ key }) => key)).toEqual(
      expect.arrayContaining(
        before.filter(({ count }) => Number(count) === 2).map(({ key }) => key),
      ),
    );
  });

  test("a device cookie is known: its browser signs in without a notice, another one does not", async () => {
    const { "__Host-known_browser": device } = owner.cookies;
    expect((await signIn(browserWith({ "__Host-known_browser": device }))).status).toBe(200);
    expect((await signIn(new Browser(server.url))).status).toBe(200);
    await smtp.take(email, /new sign-in/);
    expect(smtp.received.filter(({ subject }) => /new sign-in/.test(subject))).toHaveLength(1);
  });
});
