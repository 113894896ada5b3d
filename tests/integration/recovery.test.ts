import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newDatabase, type TestDatabase } from "../support/databases.ts";
import { type Server, secret, startServer } from "../support/server.ts";
import { type Smtp, startSmtp, tokenIn } from "../support/smtp.ts";
import { Browser, password, problem } from "./browser.ts";

let database: TestDatabase;
let server: Server;
let smtp: Smtp;

beforeAll(async () => {
  database = await newDatabase();
  smtp = await startSmtp();
  server = await startServer({
    AUTH_SECRET: secret,
    DATABASE_URL: database.url,
    RATE_LIMITS: "off",
    SMTP_URL: smtp.url,
    MAIL_FROM: "Latchkey <no-reply@example.com>",
  });
});

afterAll(async () => {
  await server.stop();
  await smtp.close();
  await database.remove();
});

const visitor = () => new Browser(server.url);
const forgot = "/api/auth/password/forgot";
const reset = "/api/auth/password/reset";
const newPassword = "another horse battery";

/** An account whose first mail, about its address, is out of the way. */
async function signUp() {
  const browser = visitor();
  const { user, access_token: token } = await browser.signUp();
  await smtp.take(user.email, /Confirm/);
  return { browser, user, token };
}

async function resetToken(email: string) {
  expect((await visitor().post(forgot, { body: { email } })).status).toBe(202);
  return tokenIn(await smtp.take(email, /Choose a new password/));
}

describe("a forgotten password", () => {
  test("is replaced by a mailed link, once; every session ends, and nobody is signed in by it", async () => {
    const { browser, user, token: access } = await signUp();
    const token = await resetToken(user.email);
    const stranger = visitor();
    const response = await stranger.post(reset, { body: { token, password: newPassword } });
    expect(response.status).toBe(204);
    expect(stranger.cookies.size).toBe(0);
    expect(await problem(await browser.refresh())).toEqual([401, "session_revoked"]);
    expect(await problem(await browser.get("/api/auth/me", { token: access }))).toEqual([
      401,
      "token_revoked",
    ]);
    const again = await visitor().post(reset, { body: { token, password: newPassword } });
    expect(await problem(again)).toEqual([400, "link_invalid"]);
    const login = (word: string) =>
      visitor().post("/api/auth/login", { body: { username: user.username, password: word } });
    expect((await login(password)).status).toBe(401);
    const signedIn = await login(newPassword);
    expect(signedIn.status).toBe(200);
    expect((await signedIn.json()).user.email_verified).toBe(true);
    await smtp.take(user.email, /password was changed/);
    await smtp.take(user.email, /new sign-in/);
  });
});
