/** Pages whose server forwards /api (API_PROXY_TARGET): what passes, and what does not. */
import { request as send } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Keyring } from "#lib/crypto/keyring.ts";
import { sealForwardedAddress } from "#lib/http/forwarded-address.ts";
import { forwardedAddressHeader } from "#lib/protocol.ts";

import { newDatabase, type TestDatabase } from "../support/databases.ts";
import { type Server, secret, startServer } from "../support/server.ts";
import { Browser, password, problem } from "./browser.ts";

const origin = "http://localhost:3000";
const visitor = "203.0.113.5";

let database: TestDatabase;
let api: Server;
let pages: Server;

beforeAll(async () => {
  database = await newDatabase();
  const common = { AUTH_SECRET: secret, DATABASE_URL: database.url, APP_URL: origin };
  api = await startServer({ ...common, RATE_LIMITS: "off" });
  pages = await startServer({
    ...common,
    API_PROXY_TARGET: api.url,
    TRUSTED_PROXIES: "127.0.0.1,::1",
  });
});

afterAll(async () => {
  await pages?.stop("SIGKILL");
  await api?.stop("SIGKILL");
  await database?.remove();
});

/** Returns the address that the list of devices shows for the session of `token`. */
async function shownAddress(token: string): Promise<string> {
  const { sessions } = await (
    await new Browser(api.url).get("/api/auth/sessions", { token })
  ).json();
  return sessions.find(({ current }: { current: boolean }) => current).ip;
}

/** Signs up at `server` with these headers; returns the access token. */
async function signUp(server: Server, headers: Record<string, string>): Promise<string> {
  const username = `u${crypto.randomUUID().replaceAll("-", "")}`;
  const body = { username, email: `${username}@example.com`, password };
  const response = await new Browser(server.url).post("/api/auth/signup", { body, headers });
  return (await response.json()).access_token;
}

describe("through the pages' server", () => {
  test("a session starts, refreshes and ends; its cookies arrive", async () => {
    const browser = new Browser(pages.url);
    const body = { username: "ada", email: "ada@example.com", password };
    const headers = { Origin: origin };
    const signedUp = await browser.post("/api/auth/signup", { body, headers });
    expect(signedUp.status).toBe(201);
    expect(signedUp.headers.get("cache-control")).toBe("no-store");
    const names = signedUp.headers.getSetCookie().map((cookie) => cookie.split("=")[0]);
    expect(names).toEqual(["__Host-refresh_token", "__Host-known_browser", "__Host-sign_up"]);
    const { access_token: token } = await (await browser.refresh()).json();
    expect((await browser.get("/api/ping", { token })).status).toBe(200);
    expect((await browser.copy().post("/api/auth/logout")).status).toBe(204);
    expect(await problem(await browser.refresh())).toEqual([401, "session_revoked"]);
  });

  test("a form's 303 stays a 303, with its cookie", async () => {
    const browser = new Browser(pages.url);
    const form = { username: "ada", password, remember: "true", next: "/me" };
    const response = await browser.post("/api/auth/login", { form, headers: { Origin: origin } });
    expect([response.status, response.headers.get("location")]).toEqual([303, "/me"]);
    expect(browser.cookies.has("__Host-refresh_token")).toBe(true);
    const wrong = { ...form, password: "wrong" };
    const refused = await browser.post("/api/auth/login", { form: wrong });
    expect(refused.status).toBe(303);
    expect(refused.headers.get("location")).toMatch(/^\/login\?error=invalid_credentials/);
  });

  test("the API itself responds to HEAD, OPTIONS, a wrong method and a foreign origin", async () => {
    const browser = new Browser(pages.url);
    const head = await browser.send("HEAD", "/api/health");
    expect([head.status, await head.text()]).toEqual([200, ""]);
    const preflight = await browser.send("OPTIONS", "/api/auth/login");
    expect([preflight.status, preflight.headers.get("allow")]).toEqual([204, "POST, OPTIONS"]);
    const get = await browser.get("/api/auth/login");
    expect(get.headers.get("allow")).toBe("POST, OPTIONS");
    expect(await problem(get)).toEqual([405, "method_not_allowed"]);
    for (const foreign of ["https://evil.example", "null"]) {
      const response = await browser.post("/api/auth/logout", { headers: { Origin: foreign } });
      expect(await problem(response)).toEqual([403, "origin_not_allowed"]);
    }
    expect(await problem(await browser.get("/api/nowhere"))).toEqual([404, "not_found"]);
  });

  test("no body passes that is larger than the API accepts", async () => {
    const before = api.output().length;
    const body = { username: "ada", password: "x".repeat(17_000) };
    const declared = await new Browser(pages.url).post("/api/auth/login", { body });
    expect(await problem(declared)).toEqual([413, "body_too_large"]);
    const chunks = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(4_096).fill(32)),
    });
    const undeclared = await fetch(`${pages.url}/api/auth/login`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: chunks,
      duplex: "half",
    } as RequestInit);
    expect(await problem(undeclared)).toEqual([413, "body_too_large"]);
    expect(api.output().slice(before)).toBe("");
  });

  test("the API sees the visitor's address, but no headers that Connection lists", async () => {
    expect(await shownAddress(await signUp(pages, { "X-Forwarded-For": visitor }))).toBe(visitor);

    const { hostname, port } = new URL(pages.url);
    const body = JSON.stringify({ username: "ada", password });
    const answer = await new Promise<string>((resolve, reject) => {
      const headers = {
        Connection: "close, User-Agent",
        "User-Agent": "Hop/1.0",
        "Content-Type": "application/json",
        "Content-Length": body.length,
      };
      const path = "/api/auth/login";
      const asked = send({ hostname, port, path, method: "POST", headers }, async (response) => {
        const chunks = await response.toArray();
        resolve(Buffer.concat(chunks).toString());
      });
      asked.on("error", reject).end(body);
    });
    const { access_token: token } = JSON.parse(answer);
    const listed = await new Browser(api.url).get("/api/auth/sessions", { token });
    const { sessions } = await listed.json();
    const mine = sessions.find(({ current }: { current: boolean }) => current);
    expect(mine.user_agent).not.toContain("Hop");
  });
});

test("a sealed address is trusted only while it is fresh and ours", async () => {
  const now = Date.now();
  const seal = (at: number, key = secret) =>
    sealForwardedAddress(visitor, { keyring: new Keyring([key]), now: at });
  const shown = async (sealed: string) =>
    shownAddress(await signUp(api, { [forwardedAddressHeader]: sealed }));
  expect(await shown(await seal(now))).toBe(visitor);
  expect(await shown(await seal(now - 301_000))).toMatch(/^(::1|127\.0\.0\.1)$/);
  const foreign = await seal(now, "another secret, of another deployment");
  expect(await shown(foreign)).toMatch(/^(::1|127\.0\.0\.1)$/);
});

test("the pages' server responds with 503 when the API is gone", async () => {
  await api.stop("SIGKILL");
  const response = await new Browser(pages.url).refresh();
  expect(response.headers.get("retry-after")).toBe("5");
  expect(response.headers.getSetCookie()).toEqual([]);
  expect(await problem(response)).toEqual([503, "unavailable"]);
  expect((await fetch(`${pages.url}/api/health/live`)).status).toBe(200);
});
