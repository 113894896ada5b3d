import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import django from "../fixtures/django-hashes.json" with { type: "json" };
import { run, temporaryFolder } from "../support/server.ts";
import { linkIn, tokenIn } from "../support/smtp.ts";
import { newPassword, randomAddress, routes, seconds, startWorld, type World } from "./accounts.ts";
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

/** Stands for an account that has existed for `days`. */
const makeOlder = (userId: string, days: number) =>
  world.db.query
    .updateTable("users")
    .set((set) => ({ joined_at: set("joined_at", "-", days * seconds.day * 1000) }))
    .where("id", "=", userId)
    .execute();

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

  test("back to the old one leaves no say to a thief's address, but all to the owner's", async () => {
    // red team 22: what the one who changed the address set up
    const { browser, user } = await world.signUpVerified();
    const thiefs = randomAddress();
    await move(browser, thiefs);
    const owners = tokenIn(await undoMail(user.email));
    await move(browser, user.email);
    expect((await undoMail(thiefs)).text).not.toMatch(/https?:/);
    const undos = await world.db.query
      .selectFrom("mail_tokens")
      .select("email")
      .where("user_id", "=", user.id)
      .where("purpose", "=", "undo_email_change")
      .execute();
    expect(undos).toEqual([{ email: user.email }]);
    await move(browser, randomAddress());
    expect((await post(routes.undoEmail, owners)).status).toBe(200);
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

  test("and its emails say who can undo it", async () => {
    // red team 13
    const { browser, user } = await world.signUpVerified();
    const email = randomAddress();
    await browser.post(routes.changeEmail, { body: { email } });
    const asked = await world.smtp.take(email, /Confirm your new/);
    expect(asked.text).toContain("anyone who reads its mail could then take the account");
    await post(routes.confirmEmail, tokenIn(asked));
    expect((await undoMail(user.email)).text).toContain(
      "Anyone who reads your mail at this address",
    );
  });
});

// red team 4: an address that was never confirmed hears of the change as well.
describe("an address that was never confirmed", () => {
  test("hears of the change and can undo it, once the account is some days old", async () => {
    const { browser, user } = await world.signUp();
    await makeOlder(user.id, 4);
    const email = randomAddress();
    expect((await move(browser, email)).confirmed.status).toBe(200);
    const mail = await undoMail(user.email);
    const undone = await post(routes.undoEmail, tokenIn(mail));
    expect(undone.status).toBe(200);
    expect(await problem(await browser.refresh())).toEqual([401, "session_revoked"]);
    const { reset_token: token } = await undone.json();
    await world.visitor().post(routes.reset, { body: { token, password: newPassword } });
    expect((await world.signIn(user.email, newPassword)).status).toBe(200);
  });

  test("of an imported account does so from the first day, for that account is old", async () => {
    const folder = temporaryFolder();
    const file = `${folder.path}/dump.json`;
    const [hash] = django.hashes;
    const username = `i${randomAddress().slice(1, 20)}`;
    const email = `${username}@example.com`;
    const fields = { username, email, password: hash?.hash, date_joined: "2019-03-14T15:09:26Z" };
    writeFileSync(file, JSON.stringify([{ model: "auth.user", pk: username, fields }]));
    const { code } = await run("scripts/user.ts", world.settings, "import", file);
    folder.remove();
    expect(code).toBe(0);
    const thief = world.visitor();
    expect((await world.signIn(username, hash?.password, thief)).status).toBe(200);
    expect((await move(thief, randomAddress())).confirmed.status).toBe(200);
    const undone = await post(routes.undoEmail, tokenIn(await undoMail(email)));
    expect((await undone.json()).email).toBe(email);
    expect(await problem(await thief.refresh())).toEqual([401, "session_revoked"]);
  });

  test("of a new account hears of it but cannot undo it: it may be a typing error", async () => {
    const { browser, user } = await world.signUp();
    const email = randomAddress();
    expect((await move(browser, email)).confirmed.status).toBe(200);
    const mail = await undoMail(user.email);
    expect(mail.text).not.toMatch(/https?:/);
    expect(mail.text).toContain("cannot be undone");
    const undos = await world.db.query
      .selectFrom("mail_tokens")
      .select("hash")
      .where("user_id", "=", user.id)
      .where("purpose", "=", "undo_email_change")
      .execute();
    expect(undos).toEqual([]);
  });

  test("hears of it even if a thief has used up its other notices", async () => {
    const limited = await startWorld({ RATE_LIMITS: "on" });
    const { browser, user } = await limited.signUp();
    for (let i = 0; i < 4; i += 1) await limited.signIn(user.username);
    const email = randomAddress();
    await browser.post(routes.changeEmail, { body: { email } });
    const token = tokenIn(await limited.smtp.take(email, /Confirm your new/));
    await limited.visitor().post(routes.confirmEmail, { body: { token } });
    await limited.smtp.take(user.email, /address was changed/);
    await limited.stop();
  });
});

// red team 13, 22: what an undo undoes, and whom it tells.
describe("undoing a change of address", () => {
  test("tells the address that loses the account", async () => {
    const { browser, user } = await world.signUpVerified();
    const email = randomAddress();
    await move(browser, email);
    await post(routes.undoEmail, tokenIn(await undoMail(user.email)));
    const mail = await world.smtp.take(email, /was undone/);
    expect(mail.text).not.toContain("token=");
    expect(mail.text).not.toContain(user.email);
  });

  test("cancels a deletion that the thief scheduled, and voids the links they had sent", async () => {
    const { browser, user } = await world.signUpVerified();
    const email = randomAddress();
    await move(browser, email);
    const undo = tokenIn(await undoMail(user.email));
    const reset = await world.resetToken(email);
    const third = randomAddress();
    await browser.post(routes.changeEmail, { body: { email: third } });
    const onwards = tokenIn(await world.smtp.take(third, /Confirm your new/));
    expect((await browser.post(routes.deletion, { body: {} })).status).toBe(200);

    const undone = await post(routes.undoEmail, undo);
    expect(undone.status).toBe(200);
    await world.smtp.take(user.email, /account stays/);
    const { deletes_at } = await world.db.query
      .selectFrom("users")
      .select("deletes_at")
      .where("id", "=", user.id)
      .executeTakeFirstOrThrow();
    expect(deletes_at).toBeNull();
    expect(await world.events(user.id)).toContain("deletion_cancelled");
    for (const [route, token] of [
      [routes.reset, reset],
      [routes.confirmEmail, onwards],
    ] as const) {
      const body = { token, password: newPassword };
      expect(await problem(await world.visitor().post(route, { body }))).toEqual(dead);
    }
  });

  test("gives the old username back", async () => {
    const { browser, user, token } = await world.signUpVerified();
    await move(browser, randomAddress());
    for (const username of [`x${user.username}`, `y${user.username}`]) {
      const body = { username: username.slice(0, 60) };
      expect((await browser.send("PATCH", "/api/auth/me", { token, body })).status).toBe(200);
    }
    const undone = await post(routes.undoEmail, tokenIn(await undoMail(user.email)));
    const { reset_token } = await undone.json();
    const body = { token: reset_token, password: newPassword };
    await world.visitor().post(routes.reset, { body });
    const signedIn = await world.signIn(user.username, newPassword);
    expect((await signedIn.json()).user.username).toBe(user.username);
    // What the thief chose is free again.
    const another = await world.signUp({ username: `x${user.username}`.slice(0, 60) });
    expect(another.user.username).toMatch(/^xu/);
  });
});

// red team 9
test("an email to an address that is not the account's has no word of a stranger", async () => {
  const tag = randomAddress().slice(1, 9);
  const username = `refund.paypal-help.com-${tag}`;
  const { browser, user, token } = await world.signUp({ username, name: `Call 0800 ${tag}` });
  const agent = { "User-Agent": `Call-0800-${tag}/1` };
  const email = randomAddress();
  await browser.post(routes.changeEmail, { body: { email }, headers: agent });
  const asked = await world.smtp.take(email, /Confirm your new/);
  // The stranger signs in, renames the account, and moves it on to an address of their making.
  await browser.post(routes.login, { body: { username, password }, headers: agent });
  await browser.send("PATCH", "/api/auth/me", { token, body: { username: `${tag}.evil.com` } });
  await world.visitor().post(routes.confirmEmail, {
    body: { token: tokenIn(asked) },
    headers: agent,
  });
  const texts = [asked, await world.smtp.take(user.email, /address was changed/)];
  for (const { subject, text, html } of texts) {
    // Without its links, whose tokens are random.
    const words = `${subject} ${text} ${html}`.replace(/https?:[^\s"]+/g, "");
    expect(words).not.toMatch(/paypal|0800|evil/i);
    expect(words).not.toContain(tag);
    expect(words).not.toContain(email);
  }
});
