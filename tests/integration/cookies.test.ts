/** Which cookies a deployment sets and reads, and what stands in for them. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRefreshToken } from "#lib/auth/session/refresh-token.ts";
import { sealRefreshToken } from "#lib/auth/session/seal-refresh-token.ts";
import { Keyring } from "#lib/crypto/keyring.ts";
import { newDatabase, type TestDatabase } from "../support/databases.ts";
import { rawGet } from "../support/raw-request.ts";
import { type Server, secret, startServer } from "../support/server.ts";
import { Browser, password, problem } from "./browser.ts";

const APP_URL = "https://www.example.com";
const webView = "capacitor://localhost";

let database: TestDatabase;
const servers: Server[] = [];
/** With the defaults of production. */
let plain: Server;

async function start(settings: Record<string, string>): Promise<Server> {
  const common = { AUTH_SECRET: secret, DATABASE_URL: database.url, APP_URL, RATE_LIMITS: "off" };
  // As by default: the tests' own default is for an origin without TLS.
  const server = await startServer({ ...common, JWT_COOKIE_SECURE: "", ...settings });
  servers.push(server);
  return server;
}

beforeAll(async () => {
  database = await newDatabase();
  plain = await start({});
});

afterAll(async () => {
  for (const server of servers) await server.stop("SIGKILL");
  await database?.remove();
});

/** Signs up, then posts a form that fails; returns the names of all cookies that were set. */
async function cookiesOf({ url }: Server, origin = APP_URL): Promise<string[]> {
  const browser = new Browser(url);
  const { user } = await browser.signUp();
  const form = { username: user.username, password: "wrong password" };
  await browser.post("/api/auth/login", { form, headers: { Origin: origin } });
  return [...browser.cookies.keys()].sort();
}

const names = (prefix: string, refresh = "refresh_token") =>
  [...["form_flash", "known_browser", "sign_up"].map((name) => prefix + name), refresh].sort();

describe("red team 19: every cookie has", () => {
  test("__Host- by default", async () => {
    expect(await cookiesOf(plain)).toEqual(names("__Host-", "__Host-refresh_token"));
  });

  test.each<[string, string, Record<string, string>, string[]]>([
    [
      "__Host-",
      "SameSite=None",
      { JWT_COOKIE_SAMESITE: "none" },
      names("__Host-", "__Host-refresh_token"),
    ],
    [
      "__Secure-",
      "a Domain",
      { JWT_COOKIE_DOMAIN: "example.com" },
      names("__Secure-", "__Secure-refresh_token"),
    ],
    ["__Host- but for", "a chosen name", { JWT_COOKIE_NAME: "sid" }, names("__Host-", "sid")],
    [
      // case: teamhanko/hanko#2471. Safari keeps neither a prefix nor Secure.
      "no prefix on",
      "http://localhost",
      { APP_URL: "http://localhost:3000" },
      names(""),
    ],
  ])("%s with %s", async (_, __, settings, expected) => {
    const server = await start(settings);
    expect(await cookiesOf(server, settings.APP_URL)).toEqual(expected);
  });
});

test("red team 19: a browser that has the former name stays signed in, and signs out", async () => {
  const server = await start({ JWT_COOKIE_DOMAIN: "example.com" });
  const browser = new Browser(server.url);
  await browser.signUp();
  const name = "__Secure-refresh_token";
  const value = browser.cookies.get(name) ?? "";
  browser.cookies.clear();
  browser.cookies.set("refresh_token", value);
  expect((await browser.get("/me")).status).toBe(200);
  expect((await browser.refresh()).status).toBe(200);
  // The successor goes by the new name, which wins from then on.
  expect(browser.cookies.has(name)).toBe(true);
  expect((await browser.refresh()).status).toBe(200);
  expect((await browser.post("/api/auth/logout")).status).toBe(204);
  expect([...browser.cookies.keys()]).toEqual([]);
});

describe("case supertokens-node#826, supabase/ssr#240: two cookies of one name", () => {
  const name = "__Host-refresh_token";
  const present = (...values: string[]) =>
    new Browser(plain.url).post("/api/auth/refresh", {
      headers: { cookie: values.map((value) => `${name}=${value}`).join("; ") },
    });

  async function signUp() {
    const browser = new Browser(plain.url);
    const { user } = await browser.signUp();
    return { browser, username: user.username, value: browser.cookies.get(name) ?? "" };
  }

  test("the leftover of a session that is over, or of another program, is ignored", async () => {
    const old = await signUp();
    await old.browser.post("/api/auth/logout");
    // Signs in as a browser does that cannot get rid of the leftover.
    const body = { username: old.username, password };
    const headers = { cookie: `${name}=${old.value}` };
    const fresh = new Browser(plain.url);
    expect((await fresh.post("/api/auth/login", { body, headers })).status).toBe(200);
    const value = fresh.cookies.get(name) ?? "";
    for (const values of [
      [old.value, value],
      [value, old.value],
      ["another program's", value],
    ]) {
      expect((await present(...values)).status).toBe(200);
      const page = { headers: { cookie: values.map((each) => `${name}=${each}`).join("; ") } };
      expect((await new Browser(plain.url).get("/me", page)).status).toBe(200);
    }
  });

  test("the older token of the same session is ignored", async () => {
    const { value } = await signUp();
    const keyring = new Keyring([secret]);
    const opened = await openRefreshToken([value], keyring);
    if (opened.kind !== "token") throw new Error("It does not open.");
    const { token } = opened;
    const next = { ...token, generation: token.generation + 1, id: "next", parent: token.id };
    const sealed = await sealRefreshToken(next, keyring);
    expect((await present(value, sealed)).status).toBe(200);
    expect((await present(sealed, value)).status).toBe(200);
  });

  test("two of different live sessions are refused, and neither ends", async () => {
    const [one, other] = [await signUp(), await signUp()];
    expect(await problem(await present(one.value, other.value))).toEqual([401, "refresh_invalid"]);
    const cookie = `${name}=${one.value}; ${name}=${other.value}`;
    const page = await new Browser(plain.url).get("/me", { headers: { cookie } });
    expect(page.status).toBe(307);
    expect((await present(one.value)).status).toBe(200);
    expect((await present(other.value)).status).toBe(200);
  });
});

describe("case DSpace#3324: HTTP Basic in front of the site", () => {
  const Authorization = "Basic c3RhZmY6aHVudGVyMg==";

  test("leaves a call to the cookie", async () => {
    const browser = new Browser(plain.url);
    const { user } = await browser.signUp();
    const form = { confirmation: user.username, current_password: password };
    const headers = { Authorization, Origin: APP_URL };
    const scheduled = await browser.post("/api/auth/me/deletion", { form, headers });
    expect(scheduled.headers.get("location")).toBe("/login?reason=account_deletion");
    const refused = await new Browser(plain.url).post("/api/auth/me/deletion", {
      body: {},
      headers,
    });
    expect(await problem(refused)).toEqual([401, "refresh_missing"]);
  });

  test("is no access token where one is needed", async () => {
    const answer = await new Browser(plain.url).get("/api/auth/me", { headers: { Authorization } });
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(await problem(answer)).toEqual([401, "token_missing"]);
  });
});

// case: better-auth/better-auth#10944
test("a form from Origin: null is let in on the browser's own word", async () => {
  const post = (headers: Record<string, string>) =>
    new Browser(plain.url).post("/api/auth/login", {
      form: { username: "nobody", password },
      headers: { Origin: "null", ...headers },
    });
  expect((await post({ "Sec-Fetch-Site": "same-origin" })).status).toBe(303);
  for (const headers of [{ "Sec-Fetch-Site": "cross-site" }, {}]) {
    expect(await problem(await post(headers as Record<string, string>))).toEqual([
      403,
      "origin_not_allowed",
    ]);
  }
});

// case: better-auth/better-auth#7793
test("an app in a WebView calls from an origin that ALLOWED_ORIGINS names", async () => {
  const server = await start({
    ALLOWED_ORIGINS: `${webView}, tauri://localhost`,
    JWT_COOKIE_SAMESITE: "none",
  });
  const app = new Browser(server.url);
  const headers = { Origin: webView, "Sec-Fetch-Site": "cross-site" };
  const username = `u${crypto.randomUUID().replaceAll("-", "")}`;
  const body = { username, email: `${username}@example.com`, password };
  const signedUp = await app.post("/api/auth/signup", { body, headers });
  expect(signedUp.status).toBe(201);
  expect(signedUp.headers.get("access-control-allow-origin")).toBe(webView);
  const refreshed = await app.post("/api/auth/refresh", { headers });
  expect(refreshed.status).toBe(200);
  for (const Origin of ["capacitor://evil", "capacitor://localhost:1", "ionic://localhost"]) {
    const refused = await app.post("/api/auth/refresh", { headers: { ...headers, Origin } });
    expect(await problem(refused)).toEqual([403, "origin_not_allowed"]);
    expect(refused.headers.get("access-control-allow-origin")).toBeNull();
  }
});

// case: rubygems/rubygems.org#6792
test("with SameSite=strict a link from another site leads to the page after one reload", async () => {
  const server = await start({ JWT_COOKIE_SAMESITE: "strict" });
  const browser = new Browser(server.url);
  const fromWebmail = {
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
  };
  const first = await rawGet(server.url, "/me", fromWebmail);
  expect(first.status).toBe(200);
  expect(first.header("cache-control")).toEqual(["no-store"]);
  expect(first.text).toMatch(/http-equiv="refresh" content="0"/);
  await browser.signUp();
  const cookie = `__Host-refresh_token=${browser.cookies.get("__Host-refresh_token")}`;
  const reload = { ...fromWebmail, "Sec-Fetch-Site": "same-origin" };
  expect((await rawGet(server.url, "/me", { ...reload, cookie })).status).toBe(200);
  // A visitor without a session goes to sign in, as ever; with Lax at once.
  expect((await rawGet(server.url, "/me", reload)).status).toBe(307);
  expect((await rawGet(plain.url, "/me", fromWebmail)).status).toBe(307);
});
