import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeIn, linkIn, tokenIn } from "../support/smtp.ts";
import { randomAddress, routes, startWorld, type World } from "./accounts.ts";
import { password, problem } from "./browser.ts";

let world: World;
/** A world where users have to verify their address before they sign in. */
let strict: World;

beforeAll(async () => {
  [world, strict] = await Promise.all([
    startWorld({ EMAIL_LOGIN: "on" }),
    startWorld({ EMAIL_VERIFICATION: "required" }),
  ]);
});

afterAll(async () => {
  await Promise.all([world.stop(), strict.stop()]);
});

const dead = [400, "link_invalid"];
/** Presses in a stranger's browser, with the password that was chosen. */
const verify = (body: object) =>
  world.visitor().post(routes.verify, { body: { password, ...body } });

/** Six digits that are not `code`. */
const otherThan = (code: string, by = 1) =>
  String((Number(code) + by) % 1_000_000).padStart(6, "0");

async function isVerified(userId: string) {
  const users = world.db.query.selectFrom("users").select("email_verified");
  return (await users.where("id", "=", userId).executeTakeFirstOrThrow()).email_verified === 1;
}

describe("an address is verified", () => {
  test("by the link, once", async () => {
    const { user, mail } = await world.signUp();
    expect(user.email_verified).toBe(false);
    const response = await verify({ token: tokenIn(mail) });
    expect([response.status, await response.json()]).toEqual([
      200,
      { email: user.email, email_verified: true },
    ]);
    expect(await isVerified(user.id)).toBe(true);
    expect(await problem(await verify({ token: tokenIn(mail) }))).toEqual(dead);
  });

  test("by the code, however it is spaced, once", async () => {
    const { user, mail } = await world.signUp();
    const code = codeIn(mail).replace(/^.../, "$& ");
    expect((await verify({ email: user.email.toUpperCase(), code })).status).toBe(200);
    expect(await problem(await verify({ email: user.email, code }))).toEqual(dead);
  });

  test("by a code in at most five tries; after that not even the right one works", async () => {
    const { user, mail } = await world.signUp();
    const code = codeIn(mail);
    const { email } = user;
    for (let i = 1; i <= 4; i += 1) {
      expect(await problem(await verify({ email, code: otherThan(code, i) }))).toEqual(dead);
    }
    const second = await world.signUp();
    const right = codeIn(second.mail);
    for (let i = 1; i <= 5; i += 1) {
      await verify({ email: second.user.email, code: otherThan(right, i) });
    }
    expect((await verify({ email, code })).status).toBe(200);
    expect(await problem(await verify({ email: second.user.email, code: right }))).toEqual(dead);
    expect(await isVerified(second.user.id)).toBe(false);
    // The link still works: the guesses were at the code.
    expect((await verify({ token: tokenIn(second.mail) })).status).toBe(200);
  });

  test("by none of forty parallel guesses, of which only five are compared", async () => {
    const { user, mail } = await world.signUp();
    const code = codeIn(mail);
    const guesses = Array.from({ length: 40 }, (_, i) => otherThan(code, i + 1));
    await Promise.all(guesses.map((guess) => verify({ email: user.email, code: guess })));
    const { tries } = await world.db.query
      .selectFrom("mail_tokens")
      .select("tries")
      .where("user_id", "=", user.id)
      .executeTakeFirstOrThrow();
    expect(tries).toBe(5);
    const refused = (await world.events(user.id)).filter((type) => type === "code_refused");
    expect(refused).toHaveLength(40);
    expect(await problem(await verify({ email: user.email, code }))).toEqual(dead);
  });

  test("by no code from another user's email, and guesses at one address use up no tries of another", async () => {
    const [one, other] = [await world.signUp(), await world.signUp()];
    const nobody = randomAddress();
    await world.visitor().post(routes.resend, { body: { email: nobody } });
    for (const email of [other.user.email, nobody, randomAddress()]) {
      for (let i = 0; i < 2; i += 1) {
        expect(await problem(await verify({ email, code: codeIn(one.mail) }))).toEqual(dead);
      }
    }
    expect((await verify({ email: one.user.email, code: codeIn(one.mail) })).status).toBe(200);
    expect((await verify({ email: other.user.email, code: codeIn(other.mail) })).status).toBe(200);
  });

  test("by a link that the user requests again, as long as the address is not verified", async () => {
    const { user } = await world.signUp();
    const ask = (email: string) => world.visitor().post(routes.resend, { body: { email } });
    expect((await ask(user.email)).status).toBe(202);
    const again = await world.smtp.take(user.email, /Confirm/);
    expect((await verify({ token: tokenIn(again) })).status).toBe(200);
    // Verified or unknown: the same response, and no email.
    const nobody = randomAddress();
    for (const email of [user.email, nobody]) {
      const response = await ask(email);
      expect([response.status, await response.json()]).toEqual([202, { sent_to: email }]);
    }
    const { email } = (await world.signUp()).user;
    expect(world.smtp.mails.filter(({ to }) => [user.email, nobody, email].includes(to))).toEqual(
      [],
    );
  });

  test("by no request that only looks at the link: GET and HEAD do not use it up", async () => {
    const { user, mail } = await world.signUp();
    const reset = await world.resetToken(user.email);
    await world.visitor().post(routes.emailLogin, { body: { email: user.email } });
    const signIn = await world.smtp.take(user.email, /sign-in link/);
    const paths = [linkIn(mail), linkIn(signIn)].map(({ pathname, search }) => pathname + search);
    for (const path of [...paths, `/reset-password?token=${reset}`]) {
      for (const method of ["GET", "HEAD", "GET"]) {
        await world.visitor().send(method, path);
        const route = `/api/auth/email/verify${path.slice(path.indexOf("?"))}`;
        expect((await world.visitor().send(method, route)).status).toBe(405);
      }
    }
    expect(await isVerified(user.id)).toBe(false);
    const confirm = { body: { token: tokenIn(signIn) } };
    expect((await world.visitor().post(routes.confirmLogin, confirm)).status).toBe(200);
    const second = await world.signUp();
    const path = linkIn(second.mail).pathname + linkIn(second.mail).search;
    await world.visitor().get(path);
    expect((await verify({ token: tokenIn(second.mail) })).status).toBe(200);
  });
});

describe("where verification is required", () => {
  const signUp = async (fields: Record<string, string> = {}) => {
    const email = randomAddress();
    const username = `u${email.slice(1, 30)}`;
    const browser = strict.visitor();
    const body = { username, email, password, ...fields };
    const response = await browser.post("/api/auth/signup", { body });
    return { browser, response, ...body };
  };

  /** Signs up and confirms the address. */
  const join = async () => {
    const account = await signUp();
    const token = tokenIn(await strict.smtp.take(account.email, /Confirm/));
    const confirmed = await account.browser.post(routes.verify, { body: { token } });
    expect(confirmed.status).toBe(200);
    return account;
  };

  test("signing up starts no session, and signing in needs a verified address", async () => {
    const { browser, response, username, email } = await signUp();
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ verification_required: true, email });
    expect([...browser.cookies.keys()]).toEqual(["__Host-sign_up"]);
    const mail = await strict.smtp.take(email, /Confirm/);

    expect(await problem(await strict.signIn(username, "wrong password"))).toEqual([
      401,
      "invalid_credentials",
    ]);
    const early = await strict.signIn(username);
    expect(early.headers.getSetCookie()).toEqual([]);
    expect(await problem(early)).toEqual([403, "email_not_verified"]);
    // The right password has the email sent again.
    await strict.smtp.take(email, /Confirm/);

    const token = tokenIn(mail);
    expect((await browser.post(routes.verify, { body: { token } })).status).toBe(200);
    expect((await strict.signIn(username)).status).toBe(200);
  });

  test("signing up gets the same response for a free address and a taken one, whose owner gets an email", async () => {
    const first = await join();
    const taken = await signUp({ email: first.email.toUpperCase() });
    const free = await signUp();
    const answer = async ({ response, email }: typeof taken) => [
      response.status,
      [...response.headers.keys()].toSorted(),
      JSON.stringify(await response.json()).replace(email, "…"),
    ];
    expect(await answer(taken)).toEqual(await answer(free));
    const mail = await strict.smtp.take(first.email, /have an account/);
    expect(linkIn(mail).pathname).toBe("/forgot-password");
    // The two look alike to whoever signs in, too (red team 3).
    for (const { username } of [taken, free]) {
      expect(await problem(await strict.signIn(username))).toEqual([403, "email_not_verified"]);
    }
  });

  test("a taken username is reported, whether or not the address is taken", async () => {
    const first = await join();
    for (const email of [first.email, randomAddress()]) {
      const { response } = await signUp({ username: first.username, email });
      expect(await problem(response)).toEqual([409, "username_taken"]);
    }
  });
});
