import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linkIn, tokenIn } from "../support/smtp.ts";
import { newPassword, randomAddress, routes, seconds, startWorld, type World } from "./accounts.ts";
import { password, problem } from "./browser.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld({
    // On, because the tests count what is sent in an hour; each client has an address of its own.
    RATE_LIMITS: "on",
    TRUSTED_PROXIES: "127.0.0.1,::1",
    REFRESH_TOKEN_MIN_AGE: "0",
    REFRESH_GRACE_PERIOD: "0",
  });
});

afterAll(() => world.stop());

let callers = 0;
const somewhere = () => {
  callers += 1;
  return { "X-Forwarded-For": `198.51.${Math.floor(callers / 250)}.${(callers % 250) + 1}` };
};

const firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0";

async function signUp() {
  const browser = world.visitor();
  const email = randomAddress();
  const username = `u${email.slice(1, 30)}`;
  const body = { username, email, password };
  const response = await browser.post("/api/auth/signup", { body, headers: somewhere() });
  expect(response.status).toBe(201);
  return { browser, ...body, mail: await world.smtp.take(email, /Confirm/) };
}

async function signUpVerified() {
  const account = await signUp();
  await account.browser.post(routes.verify, { body: { token: tokenIn(account.mail) } });
  return account;
}

const signIn = (username: string, word = password, browser = world.visitor(), more = {}) =>
  browser.post(routes.login, {
    body: { username, password: word },
    headers: { ...somewhere(), ...more },
  });

const waiting = async (email: string) => {
  await expect
    .poll(() => world.db.query.selectFrom("mails").selectAll().execute(), { timeout: 15_000 })
    .toEqual([]);
  return world.smtp.mails.filter(({ to }) => to === email).map(({ subject }) => subject);
};

describe("the owner is notified", () => {
  test("of a sign-in from a new browser, but not from one with a device cookie", async () => {
    const { browser, username, email } = await signUpVerified();
    await browser.post("/api/auth/logout");
    expect((await signIn(username, password, browser)).status).toBe(200);
    expect(await waiting(email)).toEqual([]);
    const other = world.visitor();
    await signIn(username, password, other, { "User-Agent": firefox });
    const mail = await world.smtp.take(email, /new sign-in/);
    expect(mail.text).toMatch(/with Firefox on Windows, from 198\.51\./);
    expect(linkIn(mail).href).toBe(`${world.settings.APP_URL}/sessions`);
    await signIn(username, password, other);
    // A device cookie for one account does not count for another.
    const second = await signUpVerified();
    await signIn(second.username, password, other);
    await world.smtp.take(second.email, /new sign-in/);
    await signIn(username, "not the password");
    expect(await waiting(email)).toEqual([]);
  });

  test("of a new password and of a new address", async () => {
    const { browser, email } = await signUpVerified();
    const body = { current_password: password, password: newPassword };
    expect((await browser.post(routes.change, { body })).status).toBe(200);
    const mail = await world.smtp.take(email, /password was changed/);
    expect(linkIn(mail).pathname).toBe("/forgot-password");
    const other = randomAddress();
    await browser.post(routes.changeEmail, { body: { email: other }, headers: somewhere() });
    const confirmation = { token: tokenIn(await world.smtp.take(other)) };
    await world.visitor().post(routes.confirmEmail, { body: confirmation });
    expect(linkIn(await world.smtp.take(email, /address was changed/)).pathname).toBe(
      "/undo-email",
    );
  });

  test("once, when a refresh token is used twice", async () => {
    const { browser, email } = await signUpVerified();
    const thief = browser.copy();
    for (let i = 0; i < 3; i += 1) expect((await browser.refresh()).status).toBe(200);
    await new Promise((done) => setTimeout(done, 50));
    const answers = await Promise.all([1, 2, 3, 4].map(() => thief.copy().refresh()));
    const codes = await Promise.all(answers.map(problem));
    expect(codes.every(([status]) => status === 401)).toBe(true);
    await world.smtp.take(email, /copied/);
    expect(await waiting(email)).toEqual([]);
  });

  test("at most three times in half an hour at an unconfirmed address, and never in the words of an attacker", async () => {
    const { username, email } = await signUp();
    const agent = { "User-Agent": "Your account is locked: https://evil.example/1 (now)" };
    for (let i = 0; i < 5; i += 1) {
      expect((await signIn(username, password, world.visitor(), agent)).status).toBe(200);
    }
    expect(await waiting(email)).toHaveLength(3);
    const texts = world.smtp.received.filter(({ to }) => to === email).map(({ text }) => text);
    expect(texts.join()).not.toMatch(/evil|locked/);
  });
});

describe("limits", () => {
  const ask = (route: string, email: string, headers = somewhere()) =>
    world.visitor().post(route, { body: { email }, headers });

  test("three emails in half an hour to an address, from all clients together, then 429; the same without an account", async () => {
    const { email } = await signUpVerified();
    for (const address of [email, randomAddress()]) {
      const statuses: number[] = [];
      for (let i = 0; i < 5; i += 1) {
        statuses.push((await ask(routes.forgot, i % 2 ? address : address.toUpperCase())).status);
      }
      expect(statuses).toEqual([202, 202, 202, 429, 429]);
    }
    expect(await waiting(email)).toHaveLength(3);
    const later = await world.later(seconds.hour / 2 + 60);
    const body = { email };
    const again = await fetch(later.url + routes.forgot, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...somewhere() },
      body: JSON.stringify(body),
    });
    expect(again.status).toBe(202);
    await later.stop();
  });

  test("an attacker who requests other emails does not keep the owner from a new password", async () => {
    const { email } = await signUpVerified();
    for (let i = 0; i < 4; i += 1) await ask(routes.resend, email);
    expect((await ask(routes.forgot, email)).status).toBe(202);
    await world.smtp.take(email, /Choose a new password/);
  });

  test("thirty emails an hour from a network, to all addresses together", async () => {
    const headers = somewhere();
    const statuses: number[] = [];
    for (let i = 0; i < 31; i += 1) {
      statuses.push((await ask(routes.forgot, randomAddress(), headers)).status);
    }
    expect(statuses).toEqual([...Array(30).fill(202), 429]);
  });

  test("ten codes an hour for an account, however many emails it gets", async () => {
    const { email } = await signUp();
    const statuses: number[] = [];
    for (let i = 0; i < 12; i += 1) {
      if (i % 5 === 4) await ask(routes.resend, email);
      const body = { email, code: String(100_000 + i) };
      statuses.push((await world.visitor().post(routes.verify, { body })).status);
    }
    expect(statuses.slice(10)).toEqual([429, 429]);
    expect(statuses.filter((status) => status !== 429)).toHaveLength(10);
  });

  test.each([
    ["changing the password", routes.change, { current_password: "guess", password: newPassword }],
    ["reauthenticating", routes.reauthenticate, { password: "guess" }],
    [
      "changing the address",
      routes.changeEmail,
      { email: "a@example.com", current_password: "guess" },
    ],
    ["deleting the account", routes.deletion, { current_password: "guess" }],
  ])("%s allows ten password guesses, however many arrive at once", async (_, route, body) => {
    const { browser, username } = await signUp();
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => browser.copy().post(route, { body, headers: somewhere() })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
    // The owner can still sign in.
    expect((await signIn(username, password, browser)).status).toBe(200);
  });

  test("a link costs at most ten hashes, however often it is used at once", async () => {
    const { email } = await signUpVerified();
    await ask(routes.forgot, email);
    const token = tokenIn(await world.smtp.take(email, /new password/));
    const body = { token, password: newPassword };
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => world.visitor().post(routes.reset, { body })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    expect(statuses.filter((status) => status === 400).length).toBeLessThanOrEqual(29);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
  });

  test("an address at its limit gets no further email when another user signs up with it", async () => {
    const first = await signUp();
    for (let i = 0; i < 3; i += 1) await ask(routes.resend, first.email);
    // The account changes its address, which frees the old one.
    const other = randomAddress();
    await first.browser.post(routes.changeEmail, { body: { email: other }, headers: somewhere() });
    const confirmation = { token: tokenIn(await world.smtp.take(other)) };
    await world.visitor().post(routes.confirmEmail, { body: confirmation });
    const before = await waiting(first.email);
    const body = { username: `v${first.username}`.slice(0, 60), email: first.email, password };
    const response = await world.visitor().post("/api/auth/signup", { body, headers: somewhere() });
    expect(response.status).toBe(201);
    expect(await waiting(first.email)).toEqual(before);
  });
});
