/** The account's forms in a browser without JavaScript. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "#lib/config/index.ts";
import { Keyring } from "#lib/crypto/keyring.ts";
import { openFlash } from "#lib/http/flash.ts";
import { codeIn, tokenIn } from "../support/smtp.ts";
import { newPassword, randomAddress, routes, startWorld, type World } from "./accounts.ts";
import { type Browser, password } from "./browser.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld({ EMAIL_LOGIN: "on" });
});

afterAll(() => world.stop());

async function post(route: string, form: Record<string, string>, browser = world.visitor()) {
  const headers = { Origin: world.settings.APP_URL };
  const response = await browser.post(route, { form, headers });
  return { status: response.status, to: response.headers.get("location") ?? "", browser };
}

/** Returns what the previous post left for the page to show. */
async function flashOf(browser: Browser, form: Parameters<typeof openFlash>[0]) {
  const config = readConfig({
    ...world.settings,
    NODE_ENV: "production",
    JWT_COOKIE_SECURE: "true",
  });
  const header = [...browser.cookies].map((pair) => pair.join("=")).join("; ");
  return openFlash(form, header, { config, keyring: new Keyring(config.secrets), now: Date.now() });
}

/** Whether `browser` has a live session. */
const isSignedIn = async (browser: Browser) => (await browser.refresh()).status === 200;

describe("a form", () => {
  test("that requests an email redirects to its page, which says that it is sent", async () => {
    const { user } = await world.signUpVerified();
    for (const [route, form, page] of [
      [routes.forgot, "forgot-password", "/forgot-password"],
      [routes.resend, "verify-email", "/verify-email"],
      [routes.emailLogin, "login-email", "/login/email"],
    ] as const) {
      for (const email of [user.email, randomAddress()]) {
        const { status, to, browser } = await post(route, { email });
        expect([status, to]).toEqual([303, `${page}?done=sent`]);
        expect(await flashOf(browser, form)).toMatchObject({ code: "sent", values: { email } });
      }
      const wrong = await post(route, { email: "nonsense", next: "/sessions" });
      expect([wrong.status, wrong.to]).toEqual([
        303,
        `${page}?error=validation_failed&next=%2Fsessions`,
      ]);
      const flash = await flashOf(wrong.browser, form);
      expect(flash?.errors.map(({ path }) => path)).toEqual(["email"]);
    }
  });

  test("that verifies an address redirects to the result, by link and by code", async () => {
    const one = await world.signUp();
    expect(await post(routes.verify, { token: tokenIn(one.mail) }, one.browser)).toMatchObject({
      status: 303,
      to: "/verify-email?done=verified",
    });
    const other = await world.signUp();
    const code = { email: other.user.email, code: codeIn(other.mail) };
    expect((await post(routes.verify, code, other.browser)).to).toBe("/verify-email?done=verified");
    const again = await post(routes.verify, code);
    expect(again.to).toBe("/verify-email?error=link_invalid");
    expect((await flashOf(again.browser, "verify-email"))?.code).toBe("link_invalid");
  });

  test("that sets a new password redirects to sign-in, or back with the link and the errors", async () => {
    const { user } = await world.signUp();
    const token = await world.resetToken(user.email);
    const weak = await post(routes.reset, { token, password: "short" });
    expect(weak).toMatchObject({
      status: 303,
      to: `/reset-password?error=validation_failed&token=${token}`,
    });
    const flash = await flashOf(weak.browser, "reset-password");
    expect(flash?.errors.map(({ path }) => path)).toEqual(["password"]);
    expect(JSON.stringify(flash)).not.toContain("short");
    const done = await post(routes.reset, { token, password: newPassword });
    expect(done).toMatchObject({ status: 303, to: "/login?reason=password_reset" });
    expect(await isSignedIn(done.browser)).toBe(false);
  });

  test("that signs in by email redirects to the wanted page, and never to another site", async () => {
    const { user } = await world.signUpVerified();
    for (const [next, to] of [
      ["/sessions", "/sessions"],
      ["https://evil.example/", "/me"],
      ["//evil.example", "/me"],
    ] as const) {
      await world.visitor().post(routes.emailLogin, { body: { email: user.email } });
      const token = tokenIn(await world.smtp.take(user.email, /sign-in link/));
      const done = await post(routes.confirmLogin, { token, next });
      expect(done).toMatchObject({ status: 303, to });
      expect(await isSignedIn(done.browser)).toBe(true);
    }
    const dead = await post(routes.confirmLogin, { token: "A".repeat(22), next: "//evil.example" });
    expect(dead.to).toBe(`/login/link?error=link_invalid&token=${"A".repeat(22)}&next=%2Fme`);
  });

  test("that changes the password redirects to its page, with a new session", async () => {
    const { browser, user } = await world.signUp();
    const wrong = await post(
      routes.change,
      { current_password: "x", password: newPassword },
      browser,
    );
    expect(wrong).toMatchObject({ status: 303, to: "/me/password?error=invalid_credentials" });
    const flash = await flashOf(browser, "password");
    expect(flash?.errors.map(({ path }) => path)).toEqual(["current_password"]);
    const before = browser.copy();
    const form = { current_password: password, password: newPassword };
    const done = await post(routes.change, form, browser);
    expect(done).toMatchObject({ status: 303, to: "/me/password?done=changed" });
    expect(await isSignedIn(browser)).toBe(true);
    expect(await isSignedIn(before)).toBe(false);
    expect((await world.signIn(user.username, newPassword)).status).toBe(200);
  });

  test("that changes, confirms or undoes an address redirects to the next page", async () => {
    const { browser, user } = await world.signUpVerified();
    const email = randomAddress();
    expect(await post(routes.changeEmail, { email }, browser)).toMatchObject({
      status: 303,
      to: "/me/email?done=sent",
    });
    const token = tokenIn(await world.smtp.take(email));
    expect((await post(routes.confirmEmail, { token })).to).toBe("/confirm-email?done=confirmed");
    expect((await post(routes.confirmEmail, { token })).to).toBe(
      `/confirm-email?error=link_invalid&token=${token}`,
    );
    const undo = tokenIn(await world.smtp.take(user.email, /was changed/));
    const { to } = await post(routes.undoEmail, { token: undo });
    expect(to).toMatch(/^\/reset-password\?token=[\w-]{22}$/);
    const reset = new URL(to, world.url).searchParams.get("token") ?? "";
    expect((await post(routes.reset, { token: reset, password: newPassword })).to).toBe(
      "/login?reason=password_reset",
    );
  });

  test("that exports data responds with the file, and one that deletes the account redirects to sign-in", async () => {
    const { browser } = await world.signUp();
    const headers = { Origin: world.settings.APP_URL };
    const file = await browser.post(routes.data, { form: {}, headers });
    expect([file.status, file.headers.get("content-type")]).toEqual([200, "application/json"]);
    const wrong = await post(routes.deletion, { current_password: "x" }, browser);
    expect(wrong.to).toBe("/me/data?error=invalid_credentials");
    const done = await post(routes.deletion, { current_password: password }, browser);
    expect(done.to).toBe("/login?reason=account_deletion");
    expect(await isSignedIn(browser)).toBe(false);
    const nobody = await post(routes.deletion, {});
    expect(nobody.to).toBe("/me/data?error=refresh_missing");
  });

  test("on a foreign page changes nothing, whatever its route", async () => {
    const { browser, user } = await world.signUp();
    const token = await world.resetToken(user.email);
    const form = { token, password: newPassword, current_password: password, email: user.email };
    for (const route of Object.values(routes)) {
      if (route === routes.activity) continue;
      for (const headers of [
        { Origin: "https://evil.example" },
        { Origin: "null" },
        { "Sec-Fetch-Site": "cross-site" },
      ] as Record<string, string>[]) {
        const { status } = await browser.post(route, { form, headers });
        expect([route, status]).toEqual([route, 403]);
      }
    }
    expect(await isSignedIn(browser)).toBe(true);
    const body = { token, password: newPassword };
    expect((await world.visitor().post(routes.reset, { body })).status).toBe(204);
  });
});

test("a sign-up form where verification is required redirects to the page for the code", async () => {
  const strict = await world.start({ EMAIL_VERIFICATION: "required" });
  const browser = world.visitor();
  browser.origin = strict.url;
  const first = await world.signUp();
  for (const email of [randomAddress(), first.user.email]) {
    const form = { username: `u${randomAddress().slice(1, 30)}`, email, password, next: "/ping" };
    const { status, to } = await post("/api/auth/signup", form, browser);
    expect([status, to]).toEqual([303, "/verify-email?done=sent&next=%2Fping"]);
    expect(await flashOf(browser, "verify-email")).toMatchObject({ values: { email } });
    expect([...browser.cookies.keys()]).toEqual(["__Host-sign_up", "__Host-form_flash"]);
  }
  const { username } = first.user;
  const login = await post(routes.login, { username, password }, browser);
  expect(login.to).toBe("/login?error=email_not_verified");
  await strict.stop();
});
