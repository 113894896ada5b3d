import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newDatabase, type TestDatabase } from "../support/databases.ts";
import { type Server, secret, startServer } from "../support/server.ts";
import { Browser, password, problem } from "./browser.ts";

let database: TestDatabase;
let server: Server;

beforeAll(async () => {
  database = await newDatabase();
  server = await startServer({
    AUTH_SECRET: secret,
    DATABASE_URL: database.url,
    RATE_LIMITS: "off",
    ALLOWED_ORIGINS: "https://app.example.com",
  });
});

afterAll(async () => {
  await server.stop();
  await database.remove();
});

const visitor = () => new Browser(server.url);
const unique = () => `u${randomUUID().replaceAll("-", "")}`;
const signup = "/api/auth/signup";
const login = "/api/auth/login";

describe("signing up", () => {
  test("returns a token response and sets the refresh cookie", async () => {
    const username = unique();
    const body = { username, email: `${username}@Example.com`, password, name: "Ada" };
    const response = await visitor().post(signup, { body });
    expect(response.status).toBe(201);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const answer = await response.json();
    expect(answer).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: "Bearer",
      expires_in: 900,
      expires_at: expect.any(Number),
      user: {
        id: expect.any(String),
        username,
        email: `${username}@Example.com`,
        email_verified: false,
        name: "Ada",
        role: "user",
        is_active: true,
        date_joined: expect.stringMatching(/Z$/),
        last_login: expect.stringMatching(/Z$/),
      },
    });
    const [cookie] = response.headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Host-refresh_token=\S{200,800}; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=1209\d{3}$/,
    );
  });

  test("says whether the username or the address is taken, whatever its case", async () => {
    const { user } = await visitor().signUp();
    const other = unique();
    const body = { username: other, email: `${other}@example.com`, password };
    const shout = user.username.toUpperCase();
    const taken = await visitor().post(signup, { body: { ...body, username: shout } });
    expect(await problem(taken)).toEqual([409, "username_taken"]);
    const mailbox = user.email.toUpperCase();
    const same = await visitor().post(signup, { body: { ...body, email: mailbox } });
    expect(await problem(same)).toEqual([409, "email_taken"]);
  });

  test.each([
    ["username", { username: "a b" }],
    ["username", { username: "ada@example.com" }],
    ["username", { username: "x".repeat(65) }],
    ["email", { email: "nobody" }],
    ["email", { email: "a@example.com,b@example.com" }],
    ["email", { email: "a@example.com\r\nBcc: b@example.com" }],
    ["email", { email: `${"a".repeat(250)}@example.com` }],
    ["password", { password: "seven77" }],
    ["password", { password: "password123" }],
    ["password", { password: "é".repeat(257) }],
    ["password", { password: "eight ok \ud800" }],
  ])("refuses an invalid %s: %j", async (path, wrong) => {
    const username = unique();
    const body = { username, email: `${username}@example.com`, password, ...wrong };
    const response = await visitor().post(signup, { body });
    expect(response.status).toBe(422);
    const { code, errors } = await response.json();
    expect(code).toBe("validation_failed");
    expect(errors).toEqual([{ path, message: expect.any(String) }]);
  });

  test("CVE-2026-73420: a full-width @ is normalised before validation", async () => {
    const username = unique();
    const { user } = await visitor().signUp({ email: `${username}＠example.com` });
    expect(user.email).toBe(`${username}@example.com`);
  });

  test("accepts a password of 256 code points in full, in either Unicode normalization form", async () => {
    const long = `${"e\u0301".repeat(255)}x`;
    const { user } = await visitor().signUp({ password: long });
    const { username } = user;
    const composed = { username, password: long.normalize("NFC") };
    expect((await visitor().post(login, { body: composed })).status).toBe(200);
    const cut = { username, password: long.slice(0, -1) };
    expect(await problem(await visitor().post(login, { body: cut }))).toEqual([
      401,
      "invalid_credentials",
    ]);
  });
});

describe("signing in", () => {
  test("accepts the username or the email address", async () => {
    const { user } = await visitor().signUp();
    for (const username of [user.username, user.email, user.email.toUpperCase()]) {
      const response = await visitor().post(login, { body: { username, password } });
      expect(response.status).toBe(200);
      expect((await response.json()).user.id).toBe(user.id);
    }
  });

  test("gives the same response for an unknown user and a wrong password", async () => {
    const { user } = await visitor().signUp();
    const answers = await Promise.all(
      [user.username, unique()].map(async (username) => {
        const body = { username, password: "not the password" };
        const response = await visitor().post(login, { body });
        return { status: response.status, body: await response.text() };
      }),
    );
    expect(answers[0]?.status).toBe(401);
    expect(answers[0]).toEqual(answers[1]);
  });

  test("without `remember` sets a cookie that ends with the browser session", async () => {
    const { user } = await visitor().signUp();
    const body = { username: user.username, password, remember: false };
    const response = await visitor().post(login, { body });
    expect(response.headers.getSetCookie()[0]).not.toContain("Max-Age");
  });

  test("ends the session that the browser already had", async () => {
    const browser = visitor();
    const { user, access_token } = await browser.signUp();
    const before = browser.copy();
    await browser.post(login, { body: { username: user.username, password } });
    expect(await problem(await before.refresh())).toEqual([401, "session_revoked"]);
    const me = await browser.get("/api/auth/me", { token: access_token });
    expect(await problem(me)).toEqual([401, "token_revoked"]);
  });
});

describe("the API refuses a request", () => {
  const json = { "Content-Type": "application/json" };
  const send = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = json) =>
    fetch(server.url + login, { method: "POST", headers, body });

  test.each<[string, string | Uint8Array<ArrayBuffer>, Record<string, string>, number, string]>([
    ["that is not JSON", "{", json, 400, "malformed_request"],
    ["that is not UTF-8", new Uint8Array([0x22, 0xff, 0x22]), json, 400, "malformed_request"],
    ["nested too deeply", "[".repeat(50) + "]".repeat(50), json, 400, "malformed_request"],
    ["that is too large", JSON.stringify("x".repeat(17_000)), json, 413, "body_too_large"],
    ["of another type", "hello", { "Content-Type": "text/plain" }, 415, "unsupported_media_type"],
    ["with a wrong type", '{"username":7}', json, 422, "validation_failed"],
    ["without its fields", "null", json, 422, "validation_failed"],
  ])("%s", async (_, body, headers, status, code) => {
    expect(await problem(await send(body, headers))).toEqual([status, code]);
  });

  test("that grows too large without declaring its length, before it ends", async () => {
    const url = new URL(server.url + login);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(url, { method: "POST", headers: json }, (response) => {
        resolve(response.statusCode);
        sent.destroy();
      });
      sent.on("error", reject);
      for (let i = 0; i < 40; i += 1) sent.write("x".repeat(1024));
      // Never ended: the response has to come before the end does.
    });
    expect(status).toBe(413);
  });

  test.each([
    ["GET", login],
    ["PUT", "/api/auth/me"],
    ["DELETE", "/api/auth/sessions"],
    ["POST", "/api/ping"],
    ["PATCH", "/.well-known/jwks.json"],
  ])("with a method that is not available: %s %s", async (method, path) => {
    const response = await visitor().send(method, path);
    expect(response.headers.get("allow")).toContain("OPTIONS");
    expect(await problem(response)).toEqual([405, "method_not_allowed"]);
  });

  test.each(["/api", "/api/nothing", "/api/auth", "/api/auth/login/more"])(
    "to a path that does not exist: %s",
    async (path) => {
      expect(await problem(await visitor().get(path))).toEqual([404, "not_found"]);
      expect(await problem(await visitor().post(path))).toEqual([404, "not_found"]);
    },
  );
});

describe("the origin of a request", () => {
  const attempt = (headers: Record<string, string>) =>
    visitor().post("/api/auth/logout", { headers });

  test.each([
    "https://evil.example",
    "null",
    "https://app.example.com.evil.example",
    "https://app.example.com:8443",
    "http://app.example.com",
    "https://other.example.com",
  ])("%s is refused and gets no CORS headers", async (origin) => {
    const response = await attempt({ Origin: origin });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(await problem(response)).toEqual([403, "origin_not_allowed"]);
  });

  test("that is our own, allowed or absent is accepted", async () => {
    expect((await attempt({ Origin: server.url })).status).toBe(204);
    expect((await attempt({ Origin: "https://app.example.com" })).status).toBe(204);
    expect((await attempt({})).status).toBe(204);
    expect((await attempt({ "Sec-Fetch-Site": "same-origin" })).status).toBe(204);
  });

  test.each(["cross-site", "same-site"])("is refused by Fetch Metadata alone: %s", async (site) => {
    expect(await problem(await attempt({ "Sec-Fetch-Site": site }))).toEqual([
      403,
      "origin_not_allowed",
    ]);
  });

  test("must be our own for a form", async () => {
    const headers = { Origin: "https://app.example.com" };
    const response = await visitor().post(login, { form: { username: "a" }, headers });
    expect(await problem(response)).toEqual([403, "origin_not_allowed"]);
  });

  test("gets CORS headers with errors and preflights", async () => {
    const headers = { Origin: "https://app.example.com" };
    const error = await visitor().get("/api/auth/me", { headers });
    const preflight = await visitor().send("OPTIONS", login, {
      headers: { ...headers, "Access-Control-Request-Method": "POST" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-methods")).toContain("POST");
    for (const response of [error, preflight]) {
      expect(response.headers.get("access-control-allow-origin")).toBe(headers.Origin);
      expect(response.headers.get("access-control-allow-credentials")).toBe("true");
      expect(response.headers.get("vary")).toContain("Origin");
    }
  });
});

describe("a form without JavaScript", () => {
  test("signs up, out and in, and redirects with 303 each time", async () => {
    const browser = visitor();
    const username = unique();
    const headers = { Origin: server.url };
    const fields = { username, email: `${username}@example.com`, password, next: "/sessions" };
    const signedUp = await browser.post(signup, { form: fields, headers });
    expect([signedUp.status, signedUp.headers.get("location")]).toEqual([303, "/sessions"]);
    expect(await (await browser.get("/me")).text()).toContain(username);

    const out = await browser.post("/api/auth/logout", { form: {}, headers });
    expect([out.status, out.headers.get("location")]).toEqual([303, "/logged-out"]);
    expect((await browser.get("/me")).status).toBe(307);

    const form = { username, password, next: "https://evil.example/" };
    const back = await browser.post(login, { form, headers });
    expect([back.status, back.headers.get("location")]).toEqual([303, "/me"]);
    // The form did not send `remember`.
    expect(back.headers.getSetCookie()[0]).not.toContain("Max-Age");
  });

  test("shows the error and the username as typed, and puts no password in a URL", async () => {
    const browser = visitor();
    const form = { username: "<b>nobody</b>", password: "hunter2hunter2", next: "/ping" };
    const response = await browser.post(login, { form });
    const location = response.headers.get("location") ?? "";
    expect(response.status).toBe(303);
    expect(location).toBe("/login?error=invalid_credentials&next=%2Fping");
    const page = await (await browser.get(location)).text();
    expect(page).toContain("The username or the password is wrong.");
    expect(page).toContain("&lt;b&gt;nobody&lt;/b&gt;");
    expect(page).not.toContain("hunter2hunter2");
  });
});

describe("the account", () => {
  test("changes its name and username, and says when a username is taken", async () => {
    const taken = (await visitor().signUp()).user.username;
    const browser = visitor();
    const { access_token: token } = await browser.signUp();
    const username = unique();
    const patch = (body: object) => browser.send("PATCH", "/api/auth/me", { token, body });
    const changed = await patch({ name: "  Ada L. ", username });
    expect(await changed.json()).toMatchObject({ name: "Ada L.", username });
    expect(await problem(await patch({ username: taken }))).toEqual([409, "username_taken"]);
    expect((await patch({ username: "a b" })).status).toBe(422);
    const me = await browser.get("/api/auth/me", { token });
    expect(await me.json()).toMatchObject({ name: "Ada L.", username });
  });

  test("lists its sessions, ends one, and ends all others", async () => {
    const [here, there, elsewhere] = [visitor(), visitor(), visitor()];
    const { user, access_token: token } = await here.signUp();
    const body = { username: user.username, password };
    const phone = "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0";
    await there.post(login, { body, headers: { "User-Agent": phone } });
    await elsewhere.post(login, { body });

    const list = async () =>
      (await (await here.get("/api/auth/sessions", { token })).json()).sessions;
    const sessions = await list();
    expect(sessions).toHaveLength(3);
    expect(Object.keys(sessions[0]).sort()).toEqual(
      [
        "id",
        "current",
        "created_at",
        "last_used_at",
        "expires_at",
        "user_agent",
        "device",
        "ip",
      ].sort(),
    );
    expect(sessions.filter((each: { current: boolean }) => each.current)).toHaveLength(1);
    const firefox = sessions.find((each: { device: string }) => each.device.includes("Firefox"));
    expect(firefox.device).toBe("Firefox on Windows");
    expect(firefox.ip).toMatch(/^(::1|127\.0\.0\.1)$/);

    const end = (id: string) => here.send("DELETE", `/api/auth/sessions/${id}`, { token });
    expect((await end(firefox.id)).status).toBe(204);
    expect(await problem(await end(firefox.id))).toEqual([404, "not_found"]);
    expect(await problem(await there.refresh())).toEqual([401, "session_revoked"]);

    const others = await here.post("/api/auth/sessions/revoke-others", { token });
    expect(await others.json()).toEqual({ revoked: 1 });
    expect(await problem(await elsewhere.refresh())).toEqual([401, "session_revoked"]);
    expect((await here.refresh()).status).toBe(200);
    expect(await list()).toHaveLength(1);
  });

  test("cannot end another user's session", async () => {
    const stranger = visitor();
    const { access_token } = await stranger.signUp();
    const victim = visitor();
    const { access_token: token } = await victim.signUp();
    const [{ id }] = (await (await victim.get("/api/auth/sessions", { token })).json()).sessions;
    const attempt = await stranger.send("DELETE", `/api/auth/sessions/${id}`, {
      token: access_token,
    });
    expect(await problem(attempt)).toEqual([404, "not_found"]);
    expect((await victim.refresh()).status).toBe(200);
  });

  test("has at most fifty sessions; the least recently used one ends", async () => {
    const first = visitor();
    const { user } = await first.signUp();
    const body = { username: user.username, password };
    for (let i = 0; i < 50; i += 1) await visitor().post(login, { body });
    expect(await problem(await first.refresh())).toEqual([401, "session_revoked"]);
  });
});

describe("signing out", () => {
  test("ends the session for both tokens at once, and is idempotent", async () => {
    const browser = visitor();
    const { access_token: token } = await browser.signUp();
    const copy = browser.copy();
    const out = await browser.post("/api/auth/logout");
    expect(out.status).toBe(204);
    expect(out.headers.getSetCookie()[0]).toMatch(/^__Host-refresh_token=; .*Max-Age=0$/);
    expect(await problem(await copy.refresh())).toEqual([401, "session_revoked"]);
    expect(await problem(await copy.get("/api/ping", { token }))).toEqual([401, "token_revoked"]);
    expect((await copy.post("/api/auth/logout")).status).toBe(204);
    expect((await browser.post("/api/auth/logout")).status).toBe(204);
  });

  test("is the only response that clears the cookie of an ended session", async () => {
    const browser = visitor();
    await browser.signUp();
    const dead = browser.copy();
    await browser.post("/api/auth/logout");
    const refused = await dead.refresh();
    expect(refused.status).toBe(401);
    expect(refused.headers.getSetCookie()).toEqual([]);
  });
});

describe("the refresh cookie", () => {
  const present = (cookie: string) => visitor().post("/api/auth/refresh", { headers: { cookie } });

  test("is refused when it is missing or invalid, and counts once when it is sent twice", async () => {
    expect(await problem(await visitor().refresh())).toEqual([401, "refresh_missing"]);
    expect(await problem(await present("__Host-refresh_token=junk"))).toEqual([
      401,
      "refresh_invalid",
    ]);
    const browser = visitor();
    await browser.signUp();
    const value = browser.cookies.get("__Host-refresh_token");
    const twice = `__Host-refresh_token=${value}; __Host-refresh_token=${value}`;
    expect((await present(twice)).status).toBe(200);
    // A seal of ours for another purpose.
    const other = browser.cookies.get("__Host-known_browser");
    expect(await problem(await present(`__Host-refresh_token=${other}`))).toEqual([
      401,
      "refresh_invalid",
    ]);
  });

  test("gets a token for each of fifty refreshes at once", async () => {
    const browser = visitor();
    await browser.signUp();
    const answers = await Promise.all(Array.from({ length: 50 }, () => browser.copy().refresh()));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
  });
});

describe("a response", () => {
  test("with a page has a policy with a fresh nonce, and the other security headers", async () => {
    const [one, two] = await Promise.all([visitor().get("/login"), visitor().get("/login")]);
    const policy = one.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("object-src 'none'");
    expect(policy).not.toMatch(/unsafe-(inline|eval)/);
    expect(policy).not.toBe(two.headers.get("content-security-policy"));
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
    const scripts = [...(await one.text()).matchAll(/<script[^>]*>/g)].map(([tag]) => tag);
    expect(scripts.length).toBeGreaterThan(0);
    for (const tag of scripts) expect(tag).toContain(`nonce="${nonce}"`);
    expect(one.headers.get("strict-transport-security")).toMatch(/max-age=\d{8}/);
    expect(one.headers.get("x-content-type-options")).toBe("nosniff");
    expect(one.headers.get("referrer-policy")).toBeTruthy();
    expect(one.headers.get("permissions-policy")).toBeTruthy();
    expect(one.headers.get("x-powered-by")).toBeNull();
    expect(one.headers.get("cache-control")).toContain("no-store");
  });

  test("CVE-2026-44581: overwrites a policy or a nonce that an attacker sends", async () => {
    const response = await visitor().get("/login", {
      headers: {
        "Content-Security-Policy": "script-src 'nonce-evil'",
        "x-nonce": "evil",
      },
    });
    expect(response.headers.get("content-security-policy")).not.toContain("evil");
    expect(await response.text()).not.toContain('nonce="evil"');
  });

  test("with the public keys may be cached and contains no private key", async () => {
    const response = await visitor().get("/.well-known/jwks.json");
    expect(response.headers.get("cache-control")).toBe("public, max-age=300");
    const { keys } = await response.json();
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0]).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
  });

  test("to HEAD has no body", async () => {
    const response = await visitor().send("HEAD", "/api/health");
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });
});

describe("a protected page", () => {
  const pages = ["/me", "/sessions", "/ping"];

  test.each(pages)("%s sends a visitor without a session to sign in, and back", async (path) => {
    for (const cookie of ["", "__Host-refresh_token=junk"]) {
      const response = await visitor().get(`${path}?a=1`, { headers: { cookie } });
      expect(response.status).toBe(307);
      const location = new URL(response.headers.get("location") ?? "", server.url);
      expect(location.pathname).toBe("/login");
      expect(location.searchParams.get("next")).toMatch(new RegExp(`^${path}`));
    }
  });

  test("shows no private byte, whatever trick gets around the middleware", async () => {
    const browser = visitor();
    const { user } = await browser.signUp({ name: `Private ${unique()}` });
    const signedOut = browser.copy();
    // The seal is genuine, so the middleware lets it pass; the page has to stop it.
    await browser.post("/api/auth/logout");
    const jar = [...signedOut.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const subrequest = Array(5).fill("middleware").join(":");
    const tricks: Record<string, string>[] = [
      {},
      { RSC: "1" },
      { RSC: "1", "Next-Router-Prefetch": "1" },
      { "x-middleware-subrequest": subrequest },
      { "x-middleware-subrequest": Array(5).fill("src/middleware").join(":") },
      { "x-middleware-next": "1", "x-middleware-rewrite": "/me" },
    ];
    const spellings = pages.flatMap((path) => [
      path,
      `/${path}`,
      `${path}/`,
      `${path}.rsc`,
      `${path}?_rsc=1`,
      `${path}?nxtPpath=me`,
      `${path}.segments/_tree.segment.rsc`,
      path.toUpperCase(),
      `/%${path.charCodeAt(1).toString(16)}${path.slice(2)}`,
    ]);
    for (const cookie of ["", jar]) {
      for (const headers of tricks) {
        for (const path of spellings) {
          const response = await visitor().get(path, { headers: { ...headers, cookie } });
          const body = await response.text();
          expect(body, `${path} ${JSON.stringify(headers)}`).not.toContain(user.username);
          expect(body).not.toContain(user.name);
        }
      }
    }
  });

  test("shows the owner their data, which no cache may keep", async () => {
    const browser = visitor();
    const { user } = await browser.signUp();
    const response = await browser.get("/me");
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toContain("no-store");
    expect(await response.text()).toContain(user.username);
  });
});
