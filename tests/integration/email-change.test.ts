import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linkIn, tokenIn } from "../support/smtp.ts";
import { newPassword, randomAddress, routes, startWorld, type World } from "./accounts.ts";
import { type Browser, password, problem } from "./browser.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

const dead = [400, "link_invalid"];

const post = (route: string, token: string) => world.visitor().post(route, { body: { token } });

/** Requests the change to `email` and follows the emailed link; returns token and response. */
async function move(browser: Browser, email: string) {
  const asked = await browser.post(routes.changeEmail, { body: { email } });
  expect([asked.status, await asked.json()]).toEqual([202, { sent_to: email }]);
  const token = tokenIn(await world.smtp.take(email, /Confirm your new/));
  return { token, confirmed: await post(routes.confirmEmail, token) };
}

const undoMail = (email: string) => world.smtp.take(email, /address was changed/);

describe("an address is changed", () => {
  test("when the new one is confirmed and not before; the old one is notified", async () => {
    const { browser, user, token } = await world.signUpVerified();
    const email = randomAddress();
    await browser.post(routes.changeEmail, { body: { email } });
    const mail = await world.smtp.take(email, /Confirm your new/);
    const me = async () => (await browser.get("/api/auth/me", { token })).json();
    expect((await me()).email).toBe(user.email);
    const confirmed = await post(routes.confirmEmail, tokenIn(mail));
    expect(await confirmed.json()).toEqual({ email, email_verified: true });
    expect(await me()).toMatchObject({ email, email_verified: true });
    expect((await undoMail(user.email)).text).toContain(email);
    expect(await problem(await post(routes.confirmEmail, tokenIn(mail)))).toEqual(dead);
    expect((await world.signIn(email)).status).toBe(200);
    expect((await world.signIn(user.email)).status).toBe(401);
  });

  test("once, when two links are each used twice at the same time", async () => {
    const { browser } = await world.signUpVerified();
    const emails = [randomAddress(), randomAddress()];
    const tokens: string[] = [];
    for (const email of emails) {
      await browser.post(routes.changeEmail, { body: { email } });
      tokens.push(tokenIn(await world.smtp.take(email)));
    }
    const all = [...tokens, ...tokens].map((token) => post(routes.confirmEmail, token));
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 400, 400, 400]);
  });

  test("never to one of another account: the response is the same, and its owner gets an email", async () => {
    const { browser } = await world.signUpVerified();
    const owner = await world.signUpVerified();
    const email = owner.user.email.toUpperCase();
    const answer = await browser.post(routes.changeEmail, { body: { email } });
    expect([answer.status, await answer.json()]).toEqual([202, { sent_to: email }]);
    const mail = await world.smtp.take(owner.user.email, /have an account/);
    expect(linkIn(mail).pathname).toBe("/forgot-password");
    expect(mail.text).not.toContain("token=");
  });

  test("for only one of two accounts that want the same address", async () => {
    for (let round = 0; round < 3; round += 1) {
      const accounts = [await world.signUpVerified(), await world.signUpVerified()];
      const email = randomAddress();
      const tokens: string[] = [];
      for (const { browser } of accounts) {
        await browser.post(routes.changeEmail, { body: { email } });
        tokens.push(tokenIn(await world.smtp.take(email)));
      }
      const answers = await Promise.all(tokens.map((token) => post(routes.confirmEmail, token)));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    }
  });

  test("and the change undone from the old address, which ends every session and leads to a new password", async () => {
    const { browser, user } = await world.signUpVerified();
    const thief = world.visitor();
    await world.signIn(user.username, password, thief);
    const email = randomAddress();
    const { confirmed } = await move(thief, email);
    expect(confirmed.status).toBe(200);
    const undo = tokenIn(await undoMail(user.email));

    const undone = await post(routes.undoEmail, undo);
    expect(undone.status).toBe(200);
    const { email: restored, reset_token: token } = await undone.json();
    expect(restored).toBe(user.email);
    expect(await problem(await thief.refresh())).toEqual([401, "session_revoked"]);
    expect(await problem(await browser.refresh())).toEqual([401, "session_revoked"]);
    // The thief knows the password, but it no longer works.
    expect(await problem(await world.signIn(user.username, password, thief))).toEqual([
      401,
      "invalid_credentials",
    ]);
    expect((await world.signIn(email)).status).toBe(401);
    expect(await problem(await post(routes.undoEmail, undo))).toEqual(dead);

    const body = { token, password: newPassword };
    expect((await world.visitor().post(routes.reset, { body })).status).toBe(204);
    expect((await world.signIn(user.email, newPassword)).status).toBe(200);
  });

  test("and undone once, even by three requests at the same time", async () => {
    const { browser, user } = await world.signUpVerified();
    await move(browser, randomAddress());
    const undo = tokenIn(await undoMail(user.email));
    const answers = await Promise.all([1, 2, 3].map(() => post(routes.undoEmail, undo)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400, 400]);
  });

  test("and a thief who changed it twice cannot undo anything after the owner has", async () => {
    const { browser, user } = await world.signUpVerified();
    const [first, second] = [randomAddress(), randomAddress()];
    await move(browser, first);
    await move(browser, second);
    const owners = tokenIn(await undoMail(user.email));
    const thiefs = tokenIn(await undoMail(first));
    expect((await post(routes.undoEmail, owners)).status).toBe(200);
    expect(await problem(await post(routes.undoEmail, thiefs))).toEqual(dead);
  });

  test("and the owner can undo it even after a thief has undone a later change", async () => {
    const { browser, user } = await world.signUpVerified();
    const [first, second] = [randomAddress(), randomAddress()];
    await move(browser, first);
    await move(browser, second);
    const owners = tokenIn(await undoMail(user.email));
    const thiefs = tokenIn(await undoMail(first));
    expect((await post(routes.undoEmail, thiefs)).status).toBe(200);
    expect((await post(routes.undoEmail, owners)).status).toBe(200);
    expect((await world.signIn(first)).status).toBe(401);
  });

  test("and the old one stays reserved, even during the change itself", async () => {
    for (let round = 0; round < 3; round += 1) {
      const { browser, user } = await world.signUpVerified();
      const email = randomAddress();
      await browser.post(routes.changeEmail, { body: { email } });
      const token = tokenIn(await world.smtp.take(email));
      const take = (i: number) =>
        world.visitor().post("/api/auth/signup", {
          body: { username: `t${i}${user.username.slice(0, 40)}`, email: user.email, password },
        });
      const [confirmed, ...taken] = await Promise.all([
        post(routes.confirmEmail, token),
        ...[1, 2, 3, 4].map(take),
      ]);
      expect(confirmed?.status).toBe(200);
      expect(taken.map(({ status }) => status)).toEqual([409, 409, 409, 409]);
      expect(await problem(await take(5))).toEqual([409, "email_taken"]);

      const other = await world.signUpVerified();
      const moved = await move(other.browser, user.email);
      expect(await problem(moved.confirmed)).toEqual(dead);
      const undone = await post(routes.undoEmail, tokenIn(await undoMail(user.email)));
      expect(undone.status).toBe(200);
    }
  });

  test("back to the old one by its owner, even before anything is undone", async () => {
    const { browser, user } = await world.signUpVerified();
    await move(browser, randomAddress());
    expect((await move(browser, user.email)).confirmed.status).toBe(200);
  });

  test("by no link from before a password change", async () => {
    const { browser, user } = await world.signUpVerified();
    const email = randomAddress();
    await browser.post(routes.changeEmail, { body: { email } });
    const token = tokenIn(await world.smtp.take(email));
    const reset = await world.resetToken(user.email);
    await world.visitor().post(routes.reset, { body: { token: reset, password: newPassword } });
    expect(await problem(await post(routes.confirmEmail, token))).toEqual(dead);
  });

  test("without a notice if the old one was never confirmed: it may be a stranger's", async () => {
    const { browser, user } = await world.signUp();
    expect((await move(browser, randomAddress())).confirmed.status).toBe(200);
    expect(world.smtp.mails.filter(({ to }) => to === user.email)).toEqual([]);
  });
});
