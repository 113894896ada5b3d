/** red team 1: a link that verifies an address, pressed in a browser that did not sign up. */
import type { Page } from "@playwright/test";
import type { Server } from "../support/server.ts";
import { codeIn, linkIn, type Smtp, startSmtp } from "../support/smtp.ts";
import { at, test as base, expect, logIn, newUsername, password } from "./fixtures.ts";

const newPassword = "another horse battery";
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

const test = base.extend<{ smtp: Smtp; strict: Server }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright requires a destructuring pattern.
  smtp: async ({}, use) => {
    const smtp = await startSmtp();
    await use(smtp);
    await smtp.close();
  },
  strict: async ({ serve, smtp }, use) => {
    const settings = { SMTP_URL: smtp.url, MAIL_FROM: "Latchkey <no-reply@example.com>" };
    await use(await serve({ ...settings, EMAIL_VERIFICATION: "required" }));
  },
});

/** Signs up elsewhere: as the same person on another device, or as an attacker. */
async function signUpElsewhere(url: string, smtp: Smtp, username = newUsername()) {
  const email = `${newUsername()}@example.com`;
  const response = await fetch(`${url}/api/auth/signup`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ username, email, password }),
  });
  expect(response.status).toBe(202);
  return { username, email, mail: await smtp.take(email, /Confirm/) };
}

const confirmed = (page: Page) =>
  expect(page.getByRole("heading", { name: "Your address is confirmed" })).toBeVisible();

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("the link asks for the password that was chosen", async ({ page, smtp, strict }) => {
      const { username, mail } = await signUpElsewhere(strict.url, smtp);
      await page.goto(linkIn(mail).href);
      await page.getByLabel("Your password", { exact: true }).fill("not the password");
      await press(page, "Confirm this address");
      await expect(page.getByText("This is not your password.")).toBeVisible();
      await page.getByLabel("Your password", { exact: true }).fill(password);
      await press(page, "Confirm this address");
      await confirmed(page);
      await logIn(page, username, strict.url);
      await at(page, "/me");
    });

    test("who did not choose it chooses a new one, by link", async ({ page, smtp, strict }) => {
      const { email, mail } = await signUpElsewhere(strict.url, smtp);
      await page.goto(linkIn(mail).href);
      await page.getByRole("link", { name: "I did not choose one" }).click();
      await page.getByLabel("New password", { exact: true }).fill("password123");
      await press(page, "Confirm this address");
      await expect(page.getByText("one of the most common passwords")).toBeVisible();
      await page.getByLabel("New password", { exact: true }).fill(newPassword);
      await press(page, "Confirm this address");
      await confirmed(page);
      await logIn(page, email, strict.url, newPassword);
      await at(page, "/me");
    });

    test("who did not choose it chooses a new one, by code", async ({ page, smtp, strict }) => {
      const { email, mail } = await signUpElsewhere(strict.url, smtp);
      const type = async () => {
        await page.getByLabel("Email").first().fill(email);
        await page.getByLabel("Code").fill(codeIn(mail));
      };
      await page.goto(`${strict.url}/verify-email`);
      await type();
      await press(page, "Confirm");
      await expect(page.getByLabel("Your password", { exact: true })).toBeVisible();
      await page.getByRole("link", { name: "I did not choose one" }).click();
      await type();
      await page.getByLabel("New password", { exact: true }).fill(newPassword);
      await press(page, "Confirm");
      await confirmed(page);
      await logIn(page, email, strict.url, newPassword);
      await at(page, "/me");
    });

    test("a username that was taken meanwhile is replaced on the page", async ({
      page,
      smtp,
      strict,
    }) => {
      const { username, mail } = await signUpElsewhere(strict.url, smtp);
      const other = await signUpElsewhere(strict.url, smtp, username);
      for (const [name, { href }] of [
        [undefined, linkIn(other.mail)],
        [newUsername(), linkIn(mail)],
      ] as const) {
        await page.goto(href);
        await page.getByLabel("Your password", { exact: true }).fill(password);
        await press(page, "Confirm this address");
        if (name !== undefined) {
          await page.getByLabel("Username").fill(name);
          await page.getByLabel("Your password", { exact: true }).fill(password);
          await press(page, "Confirm this address");
        }
        await confirmed(page);
        await logIn(page, name ?? username, strict.url);
        await at(page, "/me");
        await page.context().clearCookies();
      }
    });
  });
}
