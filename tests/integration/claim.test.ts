/**
 * red team 1: an attacker signs up with the address of a victim, who then presses our link. The link
 * never blesses the attacker's password or sessions (better-auth CVE-2026-53516).
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeIn, tokenIn } from "../support/smtp.ts";
import { newPassword, randomAddress, routes, startWorld, type World } from "./accounts.ts";
import { type Browser, password, problem } from "./browser.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld({ EMAIL_LOGIN: "on" });
});

afterAll(() => world.stop());

const needed = [401, "password_required"];
const wrong = [401, "invalid_credentials"];
const dead = [400, "link_invalid"];

const verify = (body: object, browser = world.visitor()) => browser.post(routes.verify, { body });

async function userOf(id: string) {
  const users = world.db.query.selectFrom("users").selectAll();
  return users.where("id", "=", id).executeTakeFirstOrThrow();
}

/** Everything that an attacker has after signing up with the victim's address. */
async function attack() {
  const attacker = await world.signUp();
  const { browser, user, token, mail } = attacker;
  const device = world.visitor();
  await world.signIn(user.username, password, device);
  const theirs = randomAddress();
  await browser.post(routes.changeEmail, { body: { email: theirs } });
  const change = tokenIn(await world.smtp.take(theirs));
  return { browser, device, user, token, mail, change };
}

async function expectLockedOut({ browser, device, user, token, change }: AttackerThings) {
  for (const each of [browser, device]) {
    expect(await problem(await each.refresh())).toEqual([401, "session_revoked"]);
  }
  const me = await browser.get("/api/auth/me", { token });
  expect(await problem(me)).toEqual([401, "token_revoked"]);
  expect(await problem(await world.signIn(user.username, password, device))).toEqual(wrong);
  const moved = await world.visitor().post(routes.confirmEmail, { body: { token: change } });
  expect(await problem(moved)).toEqual(dead);
}

type AttackerThings = Awaited<ReturnType<typeof attack>>;

describe("a verification link or code in a browser that did not sign up", () => {
  test("does not verify an attacker's account, and is not used up by trying", async () => {
    const attacker = await attack();
    const { email, id } = attacker.user;
    const victim = world.visitor();
    const token = tokenIn(attacker.mail);
    for (const proof of [{ token }, { email, code: codeIn(attacker.mail) }]) {
      expect(await problem(await verify(proof, victim))).toEqual(needed);
      const guess = { ...proof, password: "what the victim uses" };
      expect(await problem(await verify(guess, victim))).toEqual(wrong);
    }
    expect(victim.cookies.size).toBe(0);
    expect((await userOf(id)).email_verified).toBe(0);
    // Nor does asking for another email make a browser the sign-up's own.
    await victim.post(routes.resend, { body: { email } });
    const another = tokenIn(await world.smtp.take(email, /Confirm/));
    expect(await problem(await verify({ token: another }, victim))).toEqual(needed);
  });

  test.each<[string, (of: AttackerThings) => object]>([
    ["link", ({ mail }) => ({ token: tokenIn(mail) })],
    ["code", ({ mail, user }) => ({ email: user.email, code: codeIn(mail) })],
  ])("voids with a new password all that was there before, by %s", async (_, proofOf) => {
    const attacker = await attack();
    const { id, email } = attacker.user;
    const victim = world.visitor();
    const weak = { ...proofOf(attacker), new_password: "password123" };
    const refused = await verify(weak, victim);
    expect((await refused.clone().json()).errors).toMatchObject([{ path: "new_password" }]);
    expect(await problem(refused)).toEqual([422, "validation_failed"]);

    const claimed = await verify({ ...proofOf(attacker), new_password: newPassword }, victim);
    expect([claimed.status, await claimed.json()]).toEqual([200, { email, email_verified: true }]);
    await expectLockedOut(attacker);
    expect((await world.signIn(email, newPassword, victim)).status).toBe(200);
    // The attacker's browser is not the sign-up's own any longer either.
    expect(await problem(await verify(proofOf(attacker), attacker.browser))).toEqual(dead);
    expect(await world.events(id)).toEqual(
      expect.arrayContaining(["email_verified", "password_changed"]),
    );
  });

  test("calls off a deletion that the attacker has scheduled (as red team 22)", async () => {
    const attacker = await attack();
    const { id } = attacker.user;
    expect((await attacker.browser.post(routes.deletion, { body: {} })).status).toBe(200);
    const body = { token: tokenIn(attacker.mail), new_password: newPassword };
    expect((await verify(body)).status).toBe(200);
    expect((await userOf(id)).deletes_at).toBeNull();
    expect(await world.events(id)).toContain("deletion_cancelled");
  });

  test("keeps everything with the password that was chosen: another device of the same person", async () => {
    const { browser, user, mail } = await world.signUp();
    const phone = world.visitor();
    expect((await verify({ token: tokenIn(mail), password }, phone)).status).toBe(200);
    expect((await userOf(user.id)).email_verified).toBe(1);
    expect((await browser.refresh()).status).toBe(200);
    expect((await world.signIn(user.username)).status).toBe(200);
  });

  test("takes the session of another account for no proof", async () => {
    const attacker = await attack();
    const victim = await world.signUp();
    const token = tokenIn(attacker.mail);
    expect(await problem(await verify({ token }, victim.browser))).toEqual(needed);
    const bearer = { body: { token }, token: victim.token };
    expect(await problem(await world.visitor().post(routes.verify, bearer))).toEqual(needed);
    expect((await userOf(attacker.user.id)).email_verified).toBe(0);
  });

  test("takes no sign-up cookie that a foreign host has planted beside the browser's own", async () => {
    const attacker = await attack();
    const victim = await world.signUp();
    const planted = attacker.browser.cookies.get("__Host-sign_up");
    const own = victim.browser.cookies.get("__Host-sign_up");
    const headers = { Cookie: `__Host-sign_up=${planted}; __Host-sign_up=${own}` };
    const body = { token: tokenIn(attacker.mail) };
    expect(await problem(await world.visitor().post(routes.verify, { body, headers }))).toEqual(
      needed,
    );
  });

  test("has no reset token or code of another purpose do as much", async () => {
    const attacker = await attack();
    const reset = await world.resetToken(attacker.user.email);
    const body = { token: reset, new_password: newPassword };
    expect(await problem(await verify(body))).toEqual(dead);
  });
});

describe("a verification link in the browser that signed up", () => {
  test("needs no password: by the session, and after signing out by the sign-up's cookie", async () => {
    for (const leave of [false, true]) {
      const { browser, user, mail } = await world.signUp();
      if (leave) {
        await browser.post("/api/auth/logout");
        expect([...browser.cookies.keys()]).not.toContain("__Host-refresh_token");
      } else browser.cookies.delete("__Host-sign_up");
      expect((await verify({ token: tokenIn(mail) }, browser)).status).toBe(200);
      expect((await userOf(user.id)).email_verified).toBe(1);
      expect((await world.signIn(user.username)).status).toBe(200);
    }
  });

  test("needs none with the access token of a client that is no browser", async () => {
    const client = world.visitor();
    const { user, access_token: token } = await client.signUp({ refresh_token_delivery: "body" });
    expect(client.cookies.size).toBe(0);
    const mail = await world.smtp.take(user.email, /Confirm/);
    const body = { token: tokenIn(mail) };
    expect((await client.post(routes.verify, { body, token })).status).toBe(200);
  });

  test("needs it again once the password is another one than at sign-up", async () => {
    const { browser, user, mail } = await world.signUp();
    const signedOut = browser.copy();
    signedOut.cookies.delete("__Host-refresh_token");
    const body = { current_password: password, password: newPassword };
    expect((await browser.post(routes.change, { body })).status).toBe(200);
    expect(await problem(await verify({ token: tokenIn(mail) }, signedOut))).toEqual(needed);
    const now = { token: tokenIn(mail), password: newPassword };
    expect((await verify(now, signedOut)).status).toBe(200);
    expect((await userOf(user.id)).email_verified).toBe(1);
  });

  test("counts eight days later as pressed elsewhere", async () => {
    const { browser, user } = await world.signUp();
    browser.cookies.delete("__Host-refresh_token");
    const later = await world.later(8 * 24 * 3600);
    browser.origin = later.url;
    await browser.post(routes.resend, { body: { email: user.email } });
    const token = tokenIn(await world.smtp.take(user.email, /Confirm/));
    // The first email may be due again by that clock.
    expect(await problem(await verify({ token }, browser))).toEqual(needed);
    await later.stop();
  });
});

describe("the same rule holds", () => {
  const emailSignIn = async (email: string, browser: Browser) => {
    await world.visitor().post(routes.emailLogin, { body: { email } });
    const token = tokenIn(await world.smtp.take(email, /sign-in link/));
    return browser.post(routes.confirmLogin, { body: { token } });
  };

  test("at a sign-in by email: elsewhere it voids all, in the sign-up's own browser nothing", async () => {
    const attacker = await attack();
    const { email } = attacker.user;
    expect((await emailSignIn(email, world.visitor())).status).toBe(200);
    await expectLockedOut(attacker);

    const { browser, user } = await world.signUp();
    await browser.post("/api/auth/logout");
    expect((await emailSignIn(user.email, browser)).status).toBe(200);
    expect((await userOf(user.id)).email_verified).toBe(1);
    expect((await world.signIn(user.username)).status).toBe(200);
  });

  test("at a reset by email, which voids all in any browser", async () => {
    const attacker = await attack();
    const token = await world.resetToken(attacker.user.email);
    const body = { token, password: newPassword };
    expect((await world.visitor().post(routes.reset, { body })).status).toBe(204);
    expect((await userOf(attacker.user.id)).email_verified).toBe(1);
    await expectLockedOut(attacker);
    expect(await problem(await verify({ token: tokenIn(attacker.mail) }))).toEqual(dead);
  });

  test("for the victim who verified with a new password and signs in by email later, as found", async () => {
    const attacker = await attack();
    const { email } = attacker.user;
    await verify({ token: tokenIn(attacker.mail), new_password: newPassword });
    expect((await emailSignIn(email, world.visitor())).status).toBe(200);
    await expectLockedOut(attacker);
    expect((await world.signIn(email, newPassword)).status).toBe(200);
  });
});

test("of six presses at the same time with new passwords, one sets its own", async () => {
  const { user, mail } = await world.signUp();
  const words = Array.from({ length: 6 }, (_, i) => `${newPassword} ${i}`);
  const answers = await Promise.all(
    words.map((word) => verify({ token: tokenIn(mail), new_password: word })),
  );
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  const signedIn = await world.signIn(user.username, words[statuses.indexOf(200)]);
  expect(signedIn.status).toBe(200);
});

test("behind a link a password is guessed ten times, then the right one has to wait, too", async () => {
  const limited = await world.start({ RATE_LIMITS: "on" });
  const { mail } = await world.signUp();
  const guess = (word: string) => {
    const browser = world.visitor();
    browser.origin = limited.url;
    return verify({ token: tokenIn(mail), password: word }, browser);
  };
  const statuses: number[] = [];
  for (let i = 0; i < 11; i += 1) statuses.push((await guess(`guess ${i}`)).status);
  expect(statuses).toEqual([...Array(10).fill(401), 429]);
  expect((await guess(password)).status).toBe(429);
  await limited.stop();
});
