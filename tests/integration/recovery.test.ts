import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linkIn, tokenIn } from "../support/smtp.ts";
import { newPassword, randomAddress, routes, startWorld, type World } from "./accounts.ts";
import { password, problem } from "./browser.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld({ EMAIL_LOGIN: "on" });
});

afterAll(() => world.stop());

const reset = (token: string, word = newPassword) =>
  world.visitor().post(routes.reset, { body: { token, password: word } });

const dead = [400, "link_invalid"];

describe("a forgotten password", () => {
  test("is replaced by an emailed link, once; every session ends, and no new one starts", async () => {
    const { browser, user, token: access } = await world.signUp();
    const token = await world.resetToken(user.email);
    const stranger = world.visitor();
    const response = await stranger.post(routes.reset, { body: { token, password: newPassword } });
    expect(response.status).toBe(204);
    // The browser gets a device cookie and nothing else.
    expect([...stranger.cookies.keys()]).toEqual(["__Host-known_browser"]);
    expect(await problem(await browser.refresh())).toEqual([401, "session_revoked"]);
    expect(await problem(await browser.get("/api/auth/me", { token: access }))).toEqual([
      401,
      "token_revoked",
    ]);
    expect(await problem(await reset(token))).toEqual(dead);
    expect((await world.signIn(user.username)).status).toBe(401);
    const signedIn = await world.signIn(user.username, newPassword);
    expect(signedIn.status).toBe(200);
    expect((await signedIn.json()).user.email_verified).toBe(true);
    await world.smtp.take(user.email, /password was changed/);
    await world.smtp.take(user.email, /new sign-in/);
  });

  test("is replaced once, when six clients use one link at the same time", async () => {
    const { user } = await world.signUp();
    const token = await world.resetToken(user.email);
    const words = Array.from({ length: 6 }, (_, i) => `${newPassword} ${i}`);
    const answers = await Promise.all(words.map((word) => reset(token, word)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([204, 400, 400, 400, 400, 400]);
    const signedIn = await world.signIn(user.username, words[statuses.indexOf(204)]);
    expect(signedIn.status).toBe(200);
  });

  test("is replaced once, when two live links are used at the same time", async () => {
    for (let round = 0; round < 4; round += 1) {
      const { user } = await world.signUp();
      const tokens = [await world.resetToken(user.email), await world.resetToken(user.email)];
      const words = tokens.map((_, i) => `${newPassword} ${i}`);
      const answers = await Promise.all(tokens.map((token, i) => reset(token, words[i])));
      const statuses = answers.map(({ status }) => status);
      expect(statuses.toSorted()).toEqual([204, 400]);
      expect((await world.signIn(user.username, words[statuses.indexOf(204)])).status).toBe(200);
    }
  });

  test("is not replaced by a link from before a password change", async () => {
    const { browser, user } = await world.signUp();
    const token = await world.resetToken(user.email);
    const body = { current_password: password, password: newPassword };
    expect((await browser.post(routes.change, { body })).status).toBe(200);
    expect(await problem(await reset(token, "a third horse battery"))).toEqual(dead);
  });

  test("is not replaced by a link to an address that the account no longer has", async () => {
    const { browser, user } = await world.signUpVerified();
    const token = await world.resetToken(user.email);
    const email = randomAddress();
    await browser.post(routes.changeEmail, { body: { email } });
    const confirmation = tokenIn(await world.smtp.take(email));
    const confirmed = await world.visitor().post(routes.confirmEmail, {
      body: { token: confirmation },
    });
    expect(confirmed.status).toBe(200);
    expect(await problem(await reset(token))).toEqual(dead);
  });

  test("is not replaced by a new one that is refused, which does not use the link up", async () => {
    const { user } = await world.signUp();
    const token = await world.resetToken(user.email);
    for (const weak of ["short", "password", user.username, user.email]) {
      expect(await problem(await reset(token, weak))).toEqual([422, "validation_failed"]);
    }
    expect((await reset(token)).status).toBe(204);
  });

  test("of a disabled account is not replaced", async () => {
    const { user } = await world.signUp();
    const token = await world.resetToken(user.email);
    const disabled = { is_active: 0 };
    await world.db.query.updateTable("users").set(disabled).where("id", "=", user.id).execute();
    expect(await problem(await reset(token))).toEqual(dead);
    const body = { email: user.email };
    expect((await world.visitor().post(routes.forgot, { body })).status).toBe(202);
  });

  test("gets the same response for an address without an account, which gets no email", async () => {
    const { user } = await world.signUp();
    const ask = async (email: string) => {
      const response = await world.visitor().post(routes.forgot, { body: { email } });
      const headers = [...response.headers.keys()].toSorted();
      return { status: response.status, headers, body: await response.json() };
    };
    const nobody = randomAddress();
    const unknown = await ask(nobody);
    const known = await ask(user.email);
    expect(known.body).toEqual({ sent_to: user.email });
    expect(unknown).toEqual({ ...known, body: { sent_to: nobody } });
    await world.smtp.take(user.email, /Choose a new password/);
    expect(world.smtp.mails.filter(({ to }) => to === nobody)).toEqual([]);
    const left = await world.db.query.selectFrom("mails").selectAll().execute();
    expect(left).toEqual([]);
  });

  test("is replaced while sign-ins with the old one are in flight: none of their sessions survives", async () => {
    for (let round = 0; round < 3; round += 1) {
      const { user } = await world.signUp();
      const token = await world.resetToken(user.email);
      const logins = Array.from({ length: 12 }, () => world.visitor());
      const [done, ...answers] = await Promise.all([
        reset(token),
        ...logins.map((browser) => world.signIn(user.username, password, browser)),
      ]);
      expect(done?.status).toBe(204);
      for (const [i, browser] of logins.entries()) {
        if (answers[i]?.status !== 200) continue;
        expect(await problem(await browser.refresh())).toEqual([401, "session_revoked"]);
      }
    }
  });
});

describe("an emailed token", () => {
  test("for one purpose is invalid for another (better-auth CVE-2026-114607, CVE-2026-110864, CVE-2026-121802)", async () => {
    const { browser, user, mail } = await world.signUp();
    const email = randomAddress();
    await browser.post(routes.changeEmail, { body: { email } });
    await world.visitor().post(routes.emailLogin, { body: { email: user.email } });
    const tokens: Record<string, string> = {
      [routes.verify]: tokenIn(mail),
      [routes.reset]: await world.resetToken(user.email),
      [routes.confirmEmail]: tokenIn(await world.smtp.take(email)),
      [routes.confirmLogin]: tokenIn(await world.smtp.take(user.email, /sign-in link/)),
    };
    // Who verifies shows the password that was chosen; who resets sets a new one.
    const use = (route: string, token: string) =>
      world.visitor().post(route, {
        body: { token, password: route === routes.verify ? password : newPassword },
      });
    for (const [purpose, token] of Object.entries(tokens)) {
      for (const route of [...Object.keys(tokens), routes.undoEmail]) {
        if (route !== purpose) expect(await problem(await use(route, token))).toEqual(dead);
      }
    }
    // Each of them stayed valid throughout.
    expect((await use(routes.verify, tokens[routes.verify] ?? "")).status).toBe(200);
    expect((await use(routes.confirmLogin, tokens[routes.confirmLogin] ?? "")).status).toBe(200);
    expect((await use(routes.reset, tokens[routes.reset] ?? "")).status).toBe(204);
  });

  test("that we did not issue, or the hash of one, is invalid", async () => {
    const { user } = await world.signUp();
    const token = await world.resetToken(user.email);
    const hash = createHash("sha256").update(token).digest("base64url");
    expect(await problem(await reset("A".repeat(22)))).toEqual(dead);
    expect(await problem(await reset(hash.slice(0, 22)))).toEqual(dead);
    for (const odd of [hash, "", "%00", `${token} `, `${token}x`]) {
      expect(await problem(await reset(odd))).toEqual([422, "validation_failed"]);
    }
  });

  test("is stored only as its SHA-256 and never logged; a queued email is sealed", async () => {
    const { user } = await world.signUp();
    // Held back, so that the test can see it in the queue.
    const address = `held-${randomAddress()}`;
    world.smtp.hold(address);
    const { browser } = await world.signUp();
    await browser.post(routes.changeEmail, { body: { email: address } });
    const token = await world.resetToken(user.email);
    const everything = await world.everything();
    expect(everything).toContain(createHash("sha256").update(token).digest("base64url"));
    const queued = () => world.db.query.selectFrom("mails").selectAll().execute();
    // News of other tests may still be on its way: it leaves after links.
    await expect.poll(async () => (await queued()).map(({ tries }) => tries)).toEqual([1]);
    const mails = await queued();
    await reset(token);
    await world.visitor().get(`/reset-password?token=${token}`);

    world.smtp.release(address);
    const held = await world.smtp.take(address);
    const secrets = [token, tokenIn(held), linkIn(held).href, newPassword];
    const later = await world.everything();
    for (const hidden of secrets) {
      expect(everything).not.toContain(hidden);
      expect(later).not.toContain(hidden);
      expect(world.server.output()).not.toContain(hidden);
    }
    expect(JSON.stringify(mails)).not.toContain(address);
  });
});
