/** A browser that its owner signs out is a new one at its next sign-in (red team 21). */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../support/server.ts";
import { randomAddress, routes, startWorld, type World } from "./accounts.ts";
import { type Browser, password } from "./browser.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld({ RATE_LIMITS: "on", TRUSTED_PROXIES: "127.0.0.1,::1" });
});

afterAll(() => world.stop());

const deviceCookie = "__Host-known_browser";

let callers = 0;
/** Headers that a proxy sends for a client at a new address. */
const somewhere = () => {
  callers += 1;
  return { "X-Forwarded-For": `198.51.${callers >> 8}.${callers & 255}` };
};

async function signUp() {
  const browser = world.visitor();
  const username = `d${randomAddress().slice(1, 30)}`;
  const body = { username, email: `${username}@example.com`, password };
  const response = await browser.post("/api/auth/signup", { body, headers: somewhere() });
  const { user, access_token: token } = await response.json();
  await world.db.query
    .updateTable("users")
    .set({ email_verified: 1 })
    .where("id", "=", user.id)
    .execute();
  await world.smtp.take(user.email, /Confirm/);
  return { browser, user, token };
}

const signIn = (username: string, browser: Browser, word = password) =>
  browser.post(routes.login, { body: { username, password: word }, headers: somewhere() });

/** Signs in in another browser, and returns it with its session. */
async function signInElsewhere({ username, email }: { username: string; email: string }) {
  const browser = world.visitor();
  const { access_token: token } = await (await signIn(username, browser)).json();
  await world.smtp.take(email, /new sign-in/);
  const { sid } = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
  return { browser, token, sid };
}

/** Signs in, and says whether the owner got a notice of a new browser. */
async function isNew({ username, email }: { username: string; email: string }, browser: Browser) {
  expect((await signIn(username, browser)).status).toBe(200);
  await expect
    .poll(() => world.db.query.selectFrom("mails").selectAll().execute(), { timeout: 15_000 })
    .toEqual([]);
  const before = world.smtp.mails.length;
  const index = world.smtp.mails.findIndex(({ to }) => to === email);
  if (index !== -1) world.smtp.mails.splice(index, 1);
  return world.smtp.mails.length < before;
}

describe("a device cookie", () => {
  test("is as good as ever after signing out, or after its session was replaced", async () => {
    const { browser, user } = await signUp();
    await browser.post("/api/auth/logout");
    expect(await isNew(user, browser)).toBe(false);
    expect(await isNew(user, browser)).toBe(false);
    await browser.post(routes.reauthenticate, { body: { password } });
    expect(await isNew(user, browser)).toBe(false);
  });

  test("is void once the owner signs that device out, with every copy; others are not", async () => {
    const { browser, user, token } = await signUp();
    const third = await signInElsewhere(user);
    const stolen = await signInElsewhere(user);
    // From before its later sign-in: one browser keeps one id.
    const copy = stolen.browser.copy();
    const again = await (await signIn(user.username, stolen.browser)).json();
    const { sid } = JSON.parse(
      Buffer.from(again.access_token.split(".")[1], "base64url").toString(),
    );
    const ended = await browser.send("DELETE", `/api/auth/sessions/${sid}`, { token });
    expect(ended.status).toBe(204);
    expect(await isNew(user, copy)).toBe(true);
    expect(await isNew(user, stolen.browser)).toBe(true);
    expect(await isNew(user, third.browser)).toBe(false);
    // Signing in has given the browser a new cookie.
    expect(await isNew(user, stolen.browser)).toBe(false);
  });

  test("then gives no guesses of its own", async () => {
    const { browser, user, token } = await signUp();
    const stolen = await signInElsewhere(user);
    await browser.send("DELETE", `/api/auth/sessions/${stolen.sid}`, { token });
    for (let i = 0; i < 10; i += 1) await signIn(user.username, world.visitor(), "guess");
    expect((await signIn(user.username, stolen.browser, "guess")).status).toBe(429);
    expect((await signIn(user.username, browser)).status).toBe(200);
  });

  test("of every other browser is void after signing out all others, also where nobody was signed in", async () => {
    const { browser, user, token } = await signUp();
    const there = await signInElsewhere(user);
    const left = await signInElsewhere(user);
    await left.browser.post("/api/auth/logout");
    const response = await browser.post("/api/auth/sessions/revoke-others", { token });
    expect(await response.json()).toEqual({ revoked: 1 });
    expect(await isNew(user, there.browser)).toBe(true);
    expect(await isNew(user, left.browser)).toBe(true);
    expect(await isNew(user, browser)).toBe(false);
  });

  test.each([
    ["revokes every session", (id: string) => [["revoke", id]]],
    [
      "disables and enables the account",
      (id: string) => [
        ["disable", id],
        ["enable", id],
      ],
    ],
  ])("is void after an administrator %s", async (_, commands) => {
    const { browser, user } = await signUp();
    for (const command of commands(user.id)) {
      expect((await run("scripts/user.ts", world.settings, ...command)).code).toBe(0);
    }
    expect(await isNew(user, browser)).toBe(true);
  });

  test("from before devices were noted stays valid", async () => {
    const { browser, user, token } = await signUp();
    const old = await signInElsewhere(user);
    // As the migration leaves its session.
    await world.db.query
      .updateTable("sessions")
      .set({ device_id: "" })
      .where("id", "=", old.sid)
      .execute();
    await browser.send("DELETE", `/api/auth/sessions/${old.sid}`, { token });
    expect(old.browser.cookies.has(deviceCookie)).toBe(true);
    expect(await isNew(user, old.browser)).toBe(false);
  });
});
