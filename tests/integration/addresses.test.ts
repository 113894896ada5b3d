/** One address in two spellings is one account. case: mailcow/mailcow-dockerized#7395 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findUserByEmail } from "#db/users.ts";
import { run } from "../support/server.ts";
import { codeIn, tokenIn } from "../support/smtp.ts";
import { newPassword, routes, startWorld, type World } from "./accounts.ts";
import { Browser, password, problem } from "./browser.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld({ EMAIL_LOGIN: "on" });
});

afterAll(() => world?.stop());

/** An address as people write it, as browsers' email fields send it, and as mail programs show it. */
function spellings() {
  const name = `a${crypto.randomUUID().replaceAll("-", "")}`;
  const shown = `${name}@bücher.example`;
  return { typed: shown.replace("@b", "@B"), sent: `${name}@xn--bcher-kva.example`, shown };
}

describe.each(["typed", "sent"] as const)(
  "an account that was created with the address as %s",
  (form) => {
    const address = spellings();
    const other = address[form === "typed" ? "sent" : "typed"];

    test("has one address by either spelling", async () => {
      const { user } = await world.visitor().signUp({ email: address[form] });
      expect(user.email).toBe(address.sent);
      const username = `b${crypto.randomUUID().replaceAll("-", "")}`;
      for (const email of [address.typed, address.sent, address.sent.toUpperCase()]) {
        const again = await world
          .visitor()
          .post("/api/auth/signup", { body: { username, email, password } });
        expect(await problem(again)).toEqual([409, "email_taken"]);
      }
    });

    test("is signed in to by either", async () => {
      for (const username of [address.typed, address.sent]) {
        expect((await world.signIn(username)).status).toBe(200);
      }
      const posted = await world
        .visitor()
        .post(routes.login, { form: { username: other, password } });
      expect([posted.status, posted.headers.get("location")]).toEqual([303, "/me"]);
    });

    test("is verified by a code with either", async () => {
      const mail = await world.smtp.take(address.shown, /Confirm/);
      const body = { email: other, code: codeIn(mail), password };
      const verified = await world.visitor().post(routes.verify, { body });
      expect([verified.status, await verified.json()]).toEqual([
        200,
        { email: address.sent, email_verified: true },
      ]);
    });

    test("gets a new password by either", async () => {
      const { status } = await world.visitor().post(routes.forgot, { body: { email: other } });
      expect(status).toBe(202);
      const token = tokenIn(await world.smtp.take(address.shown, /Choose a new password/));
      const body = { token, password };
      expect((await world.visitor().post(routes.reset, { body })).status).toBe(204);
    });

    test("is signed in to by mail with either", async () => {
      const browser = world.visitor();
      expect((await browser.post(routes.emailLogin, { body: { email: other } })).status).toBe(202);
      const code = codeIn(await world.smtp.take(address.shown, /sign-in link/));
      const confirmed = await browser.post(routes.confirmLogin, {
        body: { email: address[form], code },
      });
      expect(confirmed.status).toBe(200);
    });

    test("is known to the commands by either", async () => {
      for (const who of [address.typed, address.sent]) {
        const { code } = await run("scripts/user.ts", world.settings, "sessions", who);
        expect(code).toBe(0);
        expect((await run("scripts/audit.ts", world.settings, "--user", who)).code).toBe(0);
      }
    });
  },
);

test("an address is changed to one spelling, and taken by either", async () => {
  const address = spellings();
  const { browser, token } = await world.signUpVerified();
  const change = await browser.post(routes.changeEmail, { token, body: { email: address.typed } });
  expect([change.status, await change.json()]).toEqual([202, { sent_to: address.sent }]);
  const link = tokenIn(await world.smtp.take(address.shown, /Confirm/));
  expect((await browser.post(routes.confirmEmail, { body: { token: link } })).status).toBe(200);
  expect((await findUserByEmail(world.db.query, address.sent))?.email).toBe(address.sent);
  expect((await world.signIn(address.typed)).status).toBe(200);
  const other = await world.signUpVerified();
  const body = { email: address.typed };
  expect((await other.browser.post(routes.changeEmail, { token: other.token, body })).status).toBe(
    202,
  );
  await world.smtp.take(address.shown, /You have an account/);
});

test("guesses and emails are counted by address, not by spelling", async () => {
  const { url } = await world.start({ RATE_LIMITS: "on" });
  const address = spellings();
  await new Browser(url).signUp({ email: address.typed });
  const spelled = (time: number) => (time % 2 === 0 ? address.typed : address.sent);

  const forgot = [0, 1, 2, 3].map(
    (time) => () => new Browser(url).post(routes.forgot, { body: { email: spelled(time) } }),
  );
  const statuses: number[] = [];
  for (const ask of forgot) statuses.push((await ask()).status);
  expect(statuses).toEqual([202, 202, 202, 429]);

  const nobody = spellings();
  const guessed: number[] = [];
  for (let time = 0; time < 11; time += 1) {
    const username = time % 2 === 0 ? nobody.typed : nobody.sent;
    const response = await new Browser(url).post(routes.login, {
      body: { username, password: newPassword },
    });
    guessed.push(response.status);
  }
  expect(guessed).toEqual([...Array(10).fill(401), 429]);
});

// case: ansman/validate.js#87
test.each(["a&b", "ada#1", "o'brien", "a/b=c", "-a|b`c"])(
  "an address that browsers accept signs up and gets its email: %s",
  async (local) => {
    const email = `${local}-${crypto.randomUUID().slice(0, 8)}@xn--e1afmkfd.xn--p1ai`;
    const { user } = await world.visitor().signUp({ email });
    expect(user.email).toBe(email);
    const shown = email.replace("xn--e1afmkfd.xn--p1ai", "пример.рф");
    const mail = await world.smtp.take(shown, /Confirm/);
    expect(mail.recipients).toEqual([shown]);
    expect((await world.signIn(email)).status).toBe(200);
  },
);
