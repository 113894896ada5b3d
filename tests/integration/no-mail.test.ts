/** Production without SMTP_URL: nothing promises an email, and what needs one says so. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newDatabase, type TestDatabase } from "../support/databases.ts";
import { type Server, secret, startServer } from "../support/server.ts";
import { routes } from "./accounts.ts";
import { Browser, problem } from "./browser.ts";

const origin = "http://localhost:3000";
let database: TestDatabase;
let server: Server;

beforeAll(async () => {
  database = await newDatabase();
  server = await startServer({ AUTH_SECRET: secret, DATABASE_URL: database.url, APP_URL: origin });
});

afterAll(async () => {
  await server?.stop("SIGKILL");
  await database?.remove();
});

describe("without a way to send email", () => {
  test.each([routes.forgot, routes.resend])("%s returns mail_unavailable", async (route) => {
    const body = { email: "ada@example.com" };
    const answer = await new Browser(server.url).post(route, { body });
    expect(await problem(answer)).toEqual([503, "mail_unavailable"]);
    // A form that was open before the deployment says so on its page.
    const headers = { Origin: origin };
    const form = await new Browser(server.url).post(route, { form: body, headers });
    expect(form.status).toBe(303);
    expect(form.headers.get("location")).toMatch(/\?error=mail_unavailable/);
  });

  test("an address cannot be changed", async () => {
    const browser = new Browser(server.url);
    const { access_token: token } = await browser.signUp();
    const body = { email: "new@example.com" };
    const answer = await browser.post(routes.changeEmail, { body, token });
    expect(await problem(answer)).toEqual([503, "mail_unavailable"]);
  });

  test("no page offers what needs email", async () => {
    const browser = new Browser(server.url);
    const pages = ["/login", "/signup", "/forgot-password", "/verify-email"];
    const strangers = await Promise.all(pages.map((page) => new Browser(server.url).get(page)));
    await browser.signUp();
    const own = ["/me", "/me/email", "/me/password", "/me/data", "/me/activity", "/sessions", "/"];
    const owners = await Promise.all(own.map((page) => browser.get(page)));
    for (const page of [...strangers, ...owners]) {
      expect(page.status).toBe(200);
      // What is shown, without the scripts' data.
      const shown = (await page.text())
        .replace(/<script.*?<\/script>/gs, "")
        .replace(/<!--.*?-->/g, "");
      expect(shown).not.toMatch(/action="\/api\/auth\/(password\/forgot|email\/|login\/email)/);
      expect(shown).not.toMatch(/href="\/(forgot-password|verify-email|login\/email)/);
      expect(shown).not.toMatch(/our mail|the mail|by mail|send you|write to you|Send it again/);
    }
  });

  test("the start says what is missing", () => {
    expect(server.output()).toMatch(/SMTP_URL is not set, so no email is sent/);
  });
});
