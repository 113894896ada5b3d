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

async function ask(email: string) {
  const response = await world.visitor().post(routes.emailLogin, { body: { email } });
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
    const mail = await ask(user.email);
    const code = { email: user.email, code: codeIn(mail) };
    expect((await confirm(code)).status).toBe(200);
    expect(await problem(await confirm(code))).toEqual(dead);
    expect(await problem(await confirm({ token: tokenIn(mail) }))).toEqual(dead);
  });

  test("works once when link and code are used at the same time", async () => {
    const { user } = await world.signUpVerified();
    const mail = await ask(user.email);
    const token = { token: tokenIn(mail) };
    const code = { email: user.email, code: codeIn(mail) };
    const answers = await Promise.all([token, code, token, code].map((body) => confirm(body)));
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
    const mail = await ask(user.email);
    const body = { current_password: password, password: newPassword };
    expect((await browser.post(routes.change, { body })).status).toBe(200);
    expect(await problem(await confirm({ token: tokenIn(mail) }))).toEqual(dead);
    expect(await problem(await confirm({ email: user.email, code: codeIn(mail) }))).toEqual(dead);
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
