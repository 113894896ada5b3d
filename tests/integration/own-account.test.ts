import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Server } from "../support/server.ts";
import {
  claimsOf,
  newPassword,
  randomAddress,
  routes,
  seconds,
  startWorld,
  type World,
} from "./accounts.ts";
import { type Browser, password, problem } from "./browser.ts";

let world: World;
/** A server on the same database, a quarter of an hour later. */
let later: Server;

beforeAll(async () => {
  world = await startWorld({ ACCESS_TOKEN_LIFETIME: "7200" });
  later = await world.later(15 * seconds.minute);
});

afterAll(() => world.stop());

const wrong = [401, "invalid_credentials"];

const change = (browser: Browser, current = password, next = newPassword) =>
  browser.post(routes.change, { body: { current_password: current, password: next } });

describe("changing the password", () => {
  test("needs the current one and a valid new one; otherwise nothing changes", async () => {
    const { browser, user } = await world.signUp();
    const refused = await change(browser, "not the password");
    expect((await refused.clone().json()).errors).toEqual([
      { path: "current_password", message: "This is not your password." },
    ]);
    expect(await problem(refused)).toEqual(wrong);
    for (const weak of ["short", user.username, "password123"]) {
      expect(await problem(await change(browser, password, weak))).toEqual([
        422,
        "validation_failed",
      ]);
    }
    expect((await browser.refresh()).status).toBe(200);
    expect((await world.signIn(user.username)).status).toBe(200);
  });

  test("ends all other sessions at once, bearer tokens included, and gives this browser a new one", async () => {
    const { browser, user, token } = await world.signUp();
    const other = world.visitor();
    const { access_token: others } = await (
      await world.signIn(user.username, password, other)
    ).json();
    const stolen = browser.copy();
    const answer = await (await change(browser)).json();
    expect(claimsOf(answer.access_token).sid).not.toBe(claimsOf(token).sid);
    for (const old of [token, others]) {
      const call = await world.visitor().get("/api/ping", { token: old });
      expect(await problem(call)).toEqual([401, "token_revoked"]);
    }
    expect(await problem(await other.refresh())).toEqual([401, "session_revoked"]);
    expect(await problem(await stolen.refresh())).toEqual([401, "session_revoked"]);
    expect((await browser.refresh()).status).toBe(200);
    expect((await browser.get("/api/ping", { token: answer.access_token })).status).toBe(200);
    expect(await problem(await world.signIn(user.username))).toEqual(wrong);
    expect((await world.signIn(user.username, newPassword)).status).toBe(200);
    await world.smtp.take(user.email, /password was changed/);
  });

  test("from three tabs at once succeeds once", async () => {
    const { browser, user } = await world.signUp();
    const words = [1, 2, 3].map((i) => `${newPassword} ${i}`);
    const answers = await Promise.all(words.map((word) => change(browser.copy(), password, word)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 401, 401]);
    expect((await world.signIn(user.username, words[statuses.indexOf(200)])).status).toBe(200);
  });

  test("works with an access token alone, for a client that is not a browser", async () => {
    const { token } = await world.signUp();
    const body = {
      current_password: password,
      password: newPassword,
      refresh_token_delivery: "body",
    };
    const response = await world.visitor().post(routes.change, { body, token });
    expect(response.headers.getSetCookie()).toEqual([]);
    expect((await response.json()).refresh_token).toEqual(expect.any(String));
  });

  test("voids the device cookies of other browsers", async () => {
    const { browser, user } = await world.signUpVerified();
    const thief = world.visitor();
    await world.signIn(user.username, password, thief);
    await world.smtp.take(user.email, /new sign-in/);
    await change(browser);
    await world.smtp.take(user.email, /password was changed/);
    // This browser got a new device cookie.
    await world.signIn(user.username, newPassword, browser);
    await world.signIn(user.username, newPassword, thief);
    await world.smtp.take(user.email, /new sign-in/);
    expect(world.smtp.mails.filter(({ to }) => to === user.email)).toEqual([]);
  });
});

describe("reauthenticating", () => {
  test("starts a new session with a new auth_time, and ends the old one", async () => {
    const { browser, user, token } = await world.signUp();
    browser.origin = later.url;
    const stolen = browser.copy();
    const response = await browser.post(routes.reauthenticate, { body: { password } });
    const { access_token: fresh } = await response.json();
    const [before, after] = [claimsOf(token), claimsOf(fresh)];
    expect(after.sid).not.toBe(before.sid);
    expect(after.auth_time - before.auth_time).toBeGreaterThanOrEqual(15 * seconds.minute);
    expect(after.amr).toEqual(["pwd"]);
    expect(await problem(await stolen.refresh())).toEqual([401, "session_revoked"]);
    expect(await problem(await browser.get("/api/ping", { token }))).toEqual([
      401,
      "token_revoked",
    ]);
    expect((await browser.refresh()).status).toBe(200);
    expect(await world.events(user.id)).toContain("reauthenticated");
  });

  test("with a wrong password changes nothing", async () => {
    const { browser, user } = await world.signUp();
    const body = { password: "not the password" };
    expect(await problem(await browser.post(routes.reauthenticate, { body }))).toEqual(wrong);
    expect((await browser.refresh()).status).toBe(200);
    expect(await world.events(user.id)).toContain("reauthentication_failed");
  });

  test("leaves no session when the password is replaced at the same time", async () => {
    const { browser, user } = await world.signUp();
    const token = await world.resetToken(user.email);
    const thieves = Array.from({ length: 8 }, () => browser.copy());
    const [done, ...answers] = await Promise.all([
      world.visitor().post(routes.reset, { body: { token, password: newPassword } }),
      ...thieves.map((thief) => thief.post(routes.reauthenticate, { body: { password } })),
    ]);
    expect(done?.status).toBe(204);
    expect(answers.length).toBe(8);
    for (const thief of thieves) expect((await thief.refresh()).status).toBe(401);
  });
});

describe("a sensitive action", () => {
  const deeds: [string, string, object][] = [
    ["changing the address", routes.changeEmail, { email: randomAddress() }],
    ["downloading all data", routes.data, {}],
    ["deleting the account", routes.deletion, {}],
  ];

  test.each(deeds)(
    "%s needs a recent sign-in or the password (RFC 9470)",
    async (_, route, body) => {
      const { browser, token } = await world.signUp();
      browser.origin = later.url;
      for (const options of [{ body }, { body, token }]) {
        const refused = await browser.post(route, options);
        expect(refused.headers.get("www-authenticate")).toBe(
          'Bearer error="insufficient_user_authentication", max_age="600"',
        );
        expect(await problem(refused)).toEqual([401, "insufficient_user_authentication"]);
      }
      const guess = { ...body, current_password: "not the password" };
      expect(await problem(await browser.post(route, { body: guess }))).toEqual(wrong);
      const right = { ...body, current_password: password };
      expect((await browser.post(route, { body: right })).ok).toBe(true);
    },
  );

  test.each(deeds)("%s works after reauthentication", async (_, route, body) => {
    const { browser } = await world.signUp();
    browser.origin = later.url;
    const proved = await browser.post(routes.reauthenticate, { body: { password } });
    const { access_token: token } = await proved.json();
    expect((await world.visitor().post(route, { body, token })).status).toBe(401);
    const elsewhere = browser.copy(later.url);
    elsewhere.cookies.clear();
    expect((await elsewhere.post(route, { body, token })).ok).toBe(true);
  });

  test.each([
    [routes.reauthenticate, { password }],
    [routes.change, { current_password: password, password: newPassword }],
    ...deeds.map(([, route, body]): [string, object] => [route, body]),
  ])(
    "%s refuses foreign pages and works with the cookie or a bearer token",
    async (route, body) => {
      const { browser, token } = await world.signUp();
      for (const headers of [
        { Origin: "https://evil.example" },
        { Origin: "null" },
        { Origin: "http://localhost:3001" },
        { "Sec-Fetch-Site": "cross-site" },
        { "Sec-Fetch-Site": "same-site" },
      ] as Record<string, string>[]) {
        const refused = await browser.post(route, { body, headers });
        expect(await problem(refused)).toEqual([403, "origin_not_allowed"]);
      }
      expect(await problem(await world.visitor().post(route, { body }))).toEqual([
        401,
        "refresh_missing",
      ]);
      const damaged = await browser.post(route, { body, token: `${token}x` });
      expect(await problem(damaged)).toEqual([401, "token_invalid"]);
      const headers = { Origin: world.settings.APP_URL };
      expect((await browser.post(route, { body, headers })).ok).toBe(true);
      const second = await world.signUp();
      const bearer = await world.visitor().post(route, { body, token: second.token });
      expect(bearer.ok).toBe(true);
    },
  );
});

describe("exported data", () => {
  test("is complete and contains no secret", async () => {
    const { browser, user, token } = await world.signUp({ name: "Ada Lovelace" });
    await world.signIn(user.username, "not the password");
    const response = await browser.post(routes.data, { body: {} });
    expect(response.headers.get("content-disposition")).toBe(
      `attachment; filename="latchkey-${user.username}.json"`,
    );
    expect(response.headers.get("cache-control")).toBe("no-store");
    const text = await response.text();
    const data = JSON.parse(text);
    expect(Object.keys(data)).toEqual(["exported_at", "user", "sessions", "activity"]);
    expect(data.user).toEqual({ ...user, last_login: expect.any(String) });
    expect(data.sessions).toMatchObject([{ current: true, id: claimsOf(token).sid }]);
    const types = data.activity.map(({ type }: { type: string }) => type);
    expect(types.toSorted()).toEqual(["login_failed", "signup", "verification_requested"]);
    const { password_hash } = await world.db.query
      .selectFrom("users")
      .select("password_hash")
      .where("id", "=", user.id)
      .executeTakeFirstOrThrow();
    const { token_id } = await world.db.query
      .selectFrom("sessions")
      .select("token_id")
      .where("user_id", "=", user.id)
      .executeTakeFirstOrThrow();
    for (const hidden of [password_hash, token_id, token, ...browser.cookies.values()]) {
      expect(text).not.toContain(hidden);
    }
  });

  test("contains nothing of other users", async () => {
    const one = await world.signUp();
    const other = await world.signUp();
    await world.signIn(other.user.username, "not the password");
    const text = await (await one.browser.post(routes.data, { body: {} })).text();
    expect(text).not.toContain(other.user.username);
    const { events } = await (await one.browser.get(routes.activity, { token: one.token })).json();
    expect(events.map(({ type }: { type: string }) => type)).not.toContain("login_failed");
  });
});

test("the audit log has an event for each action, and no secret", async () => {
  const { browser, user } = await world.signUpVerified();
  const email = randomAddress();
  const token = await world.resetToken(user.email);
  await browser.post(routes.reauthenticate, { body: { password } });
  await browser.post(routes.reauthenticate, { body: { password: "not the password" } });
  await change(browser);
  await world.visitor().post(routes.reset, { body: { token, password: "third horse battery" } });
  await browser.post(routes.changeEmail, { body: { email } });
  const { searchParams } = new URL(
    /https?:\S+/.exec((await world.smtp.take(email)).text)?.[0] ?? "",
  );
  const confirmation = searchParams.get("token") ?? "";
  await world.visitor().post(routes.confirmEmail, { body: { token: confirmation } });
  const undo = /https?:\S+token=(\S+)/.exec(
    (await world.smtp.take(user.email, /address was changed/)).text,
  );
  await world.visitor().post(routes.undoEmail, { body: { token: undo?.[1] } });
  const again = await world.resetToken(user.email);
  await world.visitor().post(routes.reset, { body: { token: again, password: newPassword } });
  const last = world.visitor();
  await world.signIn(user.username, newPassword, last);
  await last.post(routes.data, { body: {} });
  await last.post(routes.deletion, { body: {} });
  await world.signIn(user.username, newPassword, last);
  await last.post("/api/auth/logout");

  const rows = await world.db.query
    .selectFrom("audit_events")
    .selectAll()
    .where("user_id", "=", user.id)
    .execute();
  expect(new Set(rows.map(({ type }) => type))).toEqual(
    new Set([
      "signup",
      "verification_requested",
      "email_verified",
      "password_reset_requested",
      "reauthenticated",
      "reauthentication_failed",
      "password_changed",
      "session_revoked",
      "email_change_requested",
      "email_changed",
      "email_change_undone",
      "login",
      "data_exported",
      "deletion_scheduled",
      "deletion_cancelled",
      "logout",
    ]),
  );
  const text = JSON.stringify(rows);
  const secrets = [token, confirmation, undo?.[1], again, password, newPassword, email];
  for (const hidden of [...secrets, user.email, "not the password"]) {
    expect(text).not.toContain(hidden);
  }
});
