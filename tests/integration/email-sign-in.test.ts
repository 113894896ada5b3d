import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeIn, linkIn, tokenIn } from "../support/smtp.ts";
import {
  claimsOf,
  newPassword,
  randomAddress,
  routes,
  startWorld,
  type World,
} from "./accounts.ts";
import { password, problem } from "./browser.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld({ EMAIL_LOGIN: "on" });
});

afterAll(() => world.stop());

const dead = [400, "link_invalid"];

async function ask(email: string, browser = world.visitor()) {
  const response = await browser.post(routes.emailLogin, { body: { email } });
  expect([response.status, await response.json()]).toEqual([202, { sent_to: email }]);
  return world.smtp.take(email, /sign-in link/);
}

const confirm = (body: object, browser = world.visitor()) =>
  browser.post(routes.confirmLogin, { body });

describe("signing in by email", () => {
  test("works by the link, once; the access token names the method", async () => {
    const { user } = await world.signUpVerified();
    const mail = await ask(user.email);
    expect(linkIn(mail).pathname).toBe("/login/link");
    const browser = world.visitor();
    const response = await confirm({ token: tokenIn(mail) }, browser);
    const { access_token: token } = await response.json();
    expect(claimsOf(token).amr).toEqual(["otp"]);
    expect((await browser.refresh()).status).toBe(200);
    expect(await problem(await confirm({ token: tokenIn(mail) }))).toEqual(dead);
    expect(await problem(await confirm({ email: user.email, code: codeIn(mail) }))).toEqual(dead);
    // The password still works, because the address was verified before.
    expect((await world.signIn(user.username)).status).toBe(200);
  });

  test("works by the code, once", async () => {
    const { user } = await world.signUpVerified();
    const browser = world.visitor();
    const mail = await ask(user.email, browser);
    const code = { email: user.email, code: codeIn(mail) };
    expect((await confirm(code, browser)).status).toBe(200);
    expect(await problem(await confirm(code, browser))).toEqual(dead);
    expect(await problem(await confirm({ token: tokenIn(mail) }))).toEqual(dead);
  });

  test("works once when link and code are used at the same time", async () => {
    const { user } = await world.signUpVerified();
    const browser = world.visitor();
    const mail = await ask(user.email, browser);
    const token = { token: tokenIn(mail) };
    const code = { email: user.email, code: codeIn(mail) };
    const answers = await Promise.all(
      [token, code, token, code].map((body) => confirm(body, browser.copy())),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400, 400, 400]);
  });

  test("ends the session that the browser already had, whichever user's it is", async () => {
    const { user } = await world.signUpVerified();
    const { browser } = await world.signUp();
    const fixed = browser.copy();
    expect((await confirm({ token: tokenIn(await ask(user.email)) }, browser)).status).toBe(200);
    expect(await problem(await fixed.refresh())).toEqual([401, "session_revoked"]);
  });

  test("voids password and sessions of an account that an attacker created for the address (better-auth CVE-2026-53516)", async () => {
    const email = randomAddress();
    const thief = await world.signUp({ email });
    const theirs = randomAddress();
    await thief.browser.post(routes.changeEmail, { body: { email: theirs } });
    const hidden = tokenIn(await world.smtp.take(theirs));

    const owner = world.visitor();
    const response = await confirm({ token: tokenIn(await ask(email)) }, owner);
    expect((await response.json()).user).toMatchObject({ email, email_verified: true });
    expect(await problem(await thief.browser.refresh())).toEqual([401, "session_revoked"]);
    const call = await thief.browser.get("/api/ping", { token: thief.token });
    expect(await problem(call)).toEqual([401, "token_revoked"]);
    for (const word of [password, "!", ""]) {
      expect((await world.signIn(thief.user.username, word)).ok).toBe(false);
    }
    expect(await problem(await world.signIn(thief.user.username))).toEqual([
      401,
      "invalid_credentials",
    ]);
    const taken = await world.visitor().post(routes.confirmEmail, { body: { token: hidden } });
    expect(await problem(taken)).toEqual(dead);
    expect((await owner.refresh()).status).toBe(200);
    // The owner has no password now, and can choose one.
    const step = await owner.post(routes.reauthenticate, { body: { password } });
    expect(await problem(step)).toEqual([401, "invalid_credentials"]);
    const token = await world.resetToken(email);
    const body = { token, password: newPassword };
    expect((await world.visitor().post(routes.reset, { body })).status).toBe(204);
    expect((await world.signIn(email, newPassword)).status).toBe(200);
  });

  test("fails after a password change", async () => {
    const { browser, user } = await world.signUpVerified();
    const mail = await ask(user.email, browser);
    const body = { current_password: password, password: newPassword };
    expect((await browser.post(routes.change, { body })).status).toBe(200);
    expect(await problem(await confirm({ token: tokenIn(mail) }, browser))).toEqual(dead);
    const code = { email: user.email, code: codeIn(mail) };
    expect(await problem(await confirm(code, browser))).toEqual(dead);
  });

  test("gets the same response for an address without an account", async () => {
    const email = randomAddress();
    const response = await world.visitor().post(routes.emailLogin, { body: { email } });
    expect([response.status, await response.json()]).toEqual([202, { sent_to: email }]);
    expect(await problem(await confirm({ email, code: "123456" }))).toEqual(dead);
  });

  test("does not exist unless it is turned on", async () => {
    const off = await world.start({ EMAIL_LOGIN: "off" });
    const { user } = await world.signUpVerified();
    const mail = await ask(user.email);
    const browser = world.visitor();
    browser.origin = off.url;
    const asked = await browser.post(routes.emailLogin, { body: { email: user.email } });
    expect(await problem(asked)).toEqual([404, "not_found"]);
    const form = { token: tokenIn(mail) };
    expect(await problem(await confirm(form, browser))).toEqual([404, "not_found"]);
    expect((await browser.post(routes.confirmLogin, { form })).status).toBe(404);
    await off.stop();
  });
});

// red team 14
describe("a code", () => {
  const cookie = "__Host-mail_request";

  test("works in the browser that asked for it and in no other, which learns nothing (ASVS 6.6.2)", async () => {
    const { user } = await world.signUpVerified();
    const browser = world.visitor();
    const mail = await ask(user.email, browser);
    const right = { email: user.email, code: codeIn(mail) };
    const wrong = {
      email: user.email,
      code: String((Number(right.code) + 1) % 1e6).padStart(6, "0"),
    };
    const other = world.visitor();
    // It has a request cookie of its own.
    await other.post(routes.emailLogin, { body: { email: randomAddress() } });
    const details: string[] = [];
    for (const elsewhere of [world.visitor(), other]) {
      for (const body of [right, wrong, right, wrong, right, wrong]) {
        const refused = await confirm(body, elsewhere);
        details.push((await refused.clone().json()).detail);
        expect(await problem(refused)).toEqual(dead);
      }
    }
    const first = await confirm(wrong, browser);
    details.push((await first.json()).detail);
    expect(new Set(details)).toEqual(
      new Set([expect.stringMatching(/Elsewhere, follow the link/)]),
    );
    // Strangers' guesses have used up none of the five.
    expect((await confirm(right, browser)).status).toBe(200);
  });

  test("is asked for with a cookie that no script reads, also by a form", async () => {
    const { user } = await world.signUpVerified();
    const browser = world.visitor();
    const response = await browser.post(routes.emailLogin, { body: { email: user.email } });
    const header = response.headers.getSetCookie().find((each) => each.startsWith(cookie));
    expect(header).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=86400$/);
    await world.smtp.take(user.email, /sign-in link/);

    const page = world.visitor();
    const headers = { Origin: world.settings.APP_URL };
    const form = { email: user.email, next: "/sessions" };
    expect((await page.post(routes.emailLogin, { form, headers })).status).toBe(303);
    const code = codeIn(await world.smtp.take(user.email, /sign-in link/));
    const typed = { ...form, code };
    const elsewhere = await world.visitor().post(routes.confirmLogin, { form: typed, headers });
    expect(elsewhere.headers.get("location")).toMatch(/^\/login\/link\?error=link_invalid/);
    const signedIn = await page.post(routes.confirmLogin, { form: typed, headers });
    expect([signedIn.status, signedIn.headers.get("location")]).toEqual([303, "/sessions"]);
  });

  test("is not asked for with a cookie that somebody may have planted beside the browser's own", async () => {
    const { user } = await world.signUpVerified();
    const browser = world.visitor();
    const mail = await ask(user.email, browser);
    const own = `${cookie}=${browser.cookies.get(cookie)}`;
    const body = { email: user.email, code: codeIn(mail) };
    const send = (Cookie: string) =>
      world.visitor().post(routes.confirmLogin, { body, headers: { Cookie } });
    const planted = `${cookie}=${"A".repeat(22)}`;
    expect(await problem(await send(`${own}; ${planted}`))).toEqual(dead);
    expect(await problem(await send(`${cookie}=`))).toEqual(dead);
    expect((await send(own)).status).toBe(200);
  });

  test("voids the code of an older email, so that a guess is compared with one; the older link works", async () => {
    const { user } = await world.signUpVerified();
    const browser = world.visitor();
    const older = await ask(user.email, browser);
    const newer = await ask(user.email, browser);
    const live = await world.db.query
      .selectFrom("mail_tokens")
      .select("hash")
      .where("user_id", "=", user.id)
      .where("purpose", "=", "sign_in")
      .where("code_hash", "!=", "")
      .execute();
    expect(live).toHaveLength(1);
    const olderCode = { email: user.email, code: codeIn(older) };
    expect(await problem(await confirm(olderCode, browser))).toEqual(dead);
    expect((await confirm({ token: tokenIn(older) })).status).toBe(200);
    const newerCode = { email: user.email, code: codeIn(newer) };
    expect((await confirm(newerCode, browser)).status).toBe(200);
  });

  test("from before the cookie existed works in any browser, for its ten minutes", async () => {
    const { user } = await world.signUpVerified();
    const mail = await ask(user.email);
    // As the migration leaves them.
    await world.db.query
      .updateTable("mail_tokens")
      .set({ request_hash: "" })
      .where("user_id", "=", user.id)
      .execute();
    expect((await confirm({ email: user.email, code: codeIn(mail) })).status).toBe(200);
  });

  test("can be tried thirty times in a quarter of an hour from a network; a right one is given back", async () => {
    const limited = await startWorld({
      EMAIL_LOGIN: "on",
      RATE_LIMITS: "on",
      TRUSTED_PROXIES: "127.0.0.1,::1",
    });
    const { browser, user } = await limited.signUpVerified();
    const headers = { "X-Forwarded-For": "198.51.100.7" };
    const guess = async () => {
      const body = { email: randomAddress(), code: "123456" };
      return (await limited.visitor().post(routes.confirmLogin, { body, headers })).status;
    };
    const statuses: number[] = [];
    for (let i = 0; i < 29; i += 1) statuses.push(await guess());
    await browser.post(routes.emailLogin, { body: { email: user.email } });
    const code = codeIn(await limited.smtp.take(user.email, /sign-in link/));
    const right = { email: user.email, code };
    const signedIn = await browser.post(routes.confirmLogin, { body: right, headers });
    expect(signedIn.status).toBe(200);
    for (let i = 0; i < 3; i += 1) statuses.push(await guess());
    expect(statuses).toEqual([...Array(30).fill(400), 429, 429]);
    await limited.stop();
  });
});
