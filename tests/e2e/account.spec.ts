import type { Page } from "@playwright/test";
import { clockAhead, randomName, type Server } from "../support/server.ts";
import { codeIn, linkIn, type Smtp, startSmtp } from "../support/smtp.ts";
import { at, test as base, expect, logIn, password, signUp } from "./fixtures.ts";

const newPassword = "another horse battery";

interface Fixtures {
  smtp: Smtp;
  /** Starts a server that sends its email to `smtp`. */
  serveWithMail(settings?: Record<string, string>): Promise<Server>;
}

const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright requires a destructuring pattern.
  smtp: async ({}, use) => {
    const smtp = await startSmtp();
    await use(smtp);
    await smtp.close();
  },
  serveWithMail: async ({ serve, smtp }, use) => {
    await use((settings = {}) =>
      serve({ SMTP_URL: smtp.url, MAIL_FROM: "Latchkey <no-reply@example.com>", ...settings }),
    );
  },
});

const addressOf = (username: string) => `${username}@example.com`;
const press = (page: Page, name: string) => page.getByRole("button", { name }).click();

/** Follows the link in the email that a new user gets. */
async function confirmAddress(page: Page, smtp: Smtp, username: string) {
  await page.goto(linkIn(await smtp.take(addressOf(username), /Confirm/)).href);
  await press(page, "Confirm this address");
  await expect(page.getByRole("heading", { name: "Your address is confirmed" })).toBeVisible();
}

async function chooseNewPassword(page: Page) {
  await page.getByLabel("New password", { exact: true }).fill(newPassword);
  await press(page, "Set the password");
  await at(page, "/login");
}

test("a user who forgot the password resets it by email and signs in again", async ({
  page,
  smtp,
  serveWithMail,
}) => {
  const { url } = await serveWithMail();
  const username = await signUp(page, url);
  await press(page, "Sign out");
  await at(page, "/logged-out");
  await page.goto(`${url}/login`);
  await page.getByRole("link", { name: "Forgotten your password?" }).click();
  await page.getByLabel("Email").fill(addressOf(username));
  await press(page, "Send me a link");
  await expect(page.getByText("a mail with a link is on its way")).toBeVisible();

  const link = linkIn(await smtp.take(addressOf(username), /new password/)).href;
  // A scanner that follows links does not use the link up.
  expect((await page.request.get(link)).status()).toBe(200);
  await page.goto(link);
  await expect(page.getByText(`For the account ${username}.`)).toBeVisible();
  await chooseNewPassword(page);
  await expect(page.getByText("Your new password is set")).toBeVisible();
  await logIn(page, username, url, newPassword);
  await at(page, "/me");

  await page.goto(link);
  await expect(page.getByRole("heading", { name: "no longer good" })).toBeVisible();
});

test("where addresses have to be verified, a code or a link lets a new user in", async ({
  page,
  smtp,
  serveWithMail,
}) => {
  const { url } = await serveWithMail({ EMAIL_VERIFICATION: "required" });
  const join = async () => {
    const username = `u${randomName()}`;
    await page.goto(`${url}/signup`);
    await page.getByLabel("Username").fill(username);
    await page.getByLabel("Email").fill(addressOf(username));
    await page.getByLabel("Password", { exact: true }).fill(password);
    await press(page, "Sign up");
    await expect(page.getByText(`We have written to ${addressOf(username)}`)).toBeVisible();
    return { username, mail: await smtp.take(addressOf(username), /Confirm/) };
  };
  const byCode = await join();
  await page.getByLabel("Code").fill("000000");
  await press(page, "Confirm");
  await expect(page.getByText("Ask for a new mail")).toBeVisible();
  await page.getByLabel("Code").fill(codeIn(byCode.mail));
  await press(page, "Confirm");
  await expect(page.getByRole("heading", { name: "Your address is confirmed" })).toBeVisible();

  const byLink = await join();
  await logIn(page, byLink.username, url);
  await expect(page.getByText("is not confirmed yet")).toBeVisible();
  await page.getByRole("link", { name: "ask for another mail" }).click();
  await page.getByLabel("Email").last().fill(addressOf(byLink.username));
  await press(page, "Send it again");
  await expect(page.getByText(`We have written to ${addressOf(byLink.username)}`)).toBeVisible();
  await page.goto(linkIn(byLink.mail).href);
  await press(page, "Confirm this address");
  await page.getByRole("link", { name: "Log in" }).last().click();
  await logIn(page, byLink.username, url);
  await at(page, "/me");
  await expect(page.getByText("Please confirm")).toHaveCount(0);
});

test("an address is changed by the new mailbox, and the change is undone by the old one", async ({
  page,
  smtp,
  serveWithMail,
  anotherContext,
}) => {
  const { url } = await serveWithMail();
  const username = await signUp(page, url);
  await confirmAddress(page, smtp, username);

  const other = `new-${addressOf(username)}`;
  await page.goto(`${url}/me/email`);
  await page.getByLabel("New address").fill(other);
  await press(page, "Change the address");
  await expect(page.getByText(`We have written to ${other}`)).toBeVisible();
  await page.goto(linkIn(await smtp.take(other)).href);
  await press(page, "Use this address");
  await expect(page.getByRole("heading", { name: "Your address is changed" })).toBeVisible();
  await page.goto(`${url}/me/email`);
  await expect(page.getByText(other)).toBeVisible();

  const owner = await (await anotherContext()).newPage();
  await owner.goto(linkIn(await smtp.take(addressOf(username), /was changed/)).href);
  await press(owner, "Undo the change");
  await at(owner, "/reset-password");
  await chooseNewPassword(owner);
  // The browser that changed it is signed out.
  await page.reload();
  await at(page, "/login");
  await logIn(owner, username, url, newPassword);
  await at(owner, "/me");
  await expect(owner.getByText(addressOf(username), { exact: true })).toBeVisible();
});

test("a user signs in by email, by link and by code", async ({ page, smtp, serveWithMail }) => {
  const { url } = await serveWithMail({ EMAIL_LOGIN: "on" });
  const username = await signUp(page, url);
  await confirmAddress(page, smtp, username);

  const ask = async () => {
    await page.context().clearCookies();
    await page.goto(`${url}/login?next=/sessions`);
    await page.getByRole("link", { name: "Log in by mail" }).click();
    await page.getByLabel("Email").fill(addressOf(username));
    await press(page, "Email me a link");
    await expect(page.getByText("a mail is on its way")).toBeVisible();
    return smtp.take(addressOf(username), /sign-in link/);
  };
  // case: supabase/auth-js#310: the link leads on to where one wanted to go.
  await page.goto(linkIn(await ask()).href);
  await press(page, "Log in");
  await at(page, "/sessions");

  const mail = await ask();
  await page.getByLabel("Code").fill(codeIn(mail));
  await press(page, "Log in");
  await at(page, "/sessions");
});

test("a changed password signs out the other device, but not this one", async ({
  page,
  serveWithMail,
  anotherContext,
}) => {
  const { url } = await serveWithMail();
  const username = await signUp(page, url);
  const other = await (await anotherContext()).newPage();
  await logIn(other, username, url);
  await at(other, "/me");

  await page.goto(`${url}/me/password`);
  await page.getByLabel("Current password").fill("not the password");
  await page.getByLabel("New password", { exact: true }).fill(newPassword);
  await press(page, "Change the password");
  await expect(page.getByText("This is not your password.")).toBeVisible();
  await page.getByLabel("Current password").fill(password);
  await press(page, "Change the password");
  await expect(page.getByText("Your password is changed")).toBeVisible();

  await other.reload();
  await at(other, "/login");
  await expect(other.getByText("The password was changed")).toBeVisible();
  await page.goto(`${url}/me/activity`);
  await expect(page.getByText("Password changed")).toBeVisible();
  await expect(page.getByText("Wrong password when asked to confirm it")).toBeVisible();
});

test("a sensitive action asks for the password in place and goes on; signing in cancels a deletion", async ({
  page,
  smtp,
  serveWithMail,
}) => {
  const today = await serveWithMail();
  const username = await signUp(page, today.url);
  await today.stop();
  // Eleven minutes later, a server on the same port and database goes on.
  const port = new URL(today.url).port;
  const later = await serveWithMail({ PORT: port, ...clockAhead(11 * 60) });
  expect(later.url).toBe(today.url);

  await page.goto(`${later.url}/me/data`);
  const downloading = page.waitForEvent("download");
  await press(page, "Download my data");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("main").getByRole("alert")).toHaveCount(0);
  await press(page, "Download my data");
  await dialog.getByLabel("Password", { exact: true }).fill("not the password");
  await dialog.getByRole("button", { name: "Go on" }).click();
  await expect(dialog.getByText("This is not your password.")).toBeVisible();
  await dialog.getByLabel("Password", { exact: true }).fill(password);
  await dialog.getByRole("button", { name: "Go on" }).click();
  const file = await downloading;
  expect(file.suggestedFilename()).toBe(`latchkey-${username}.json`);
  await expect(dialog).toHaveCount(0);

  // The sign-in is recent now.
  await page.getByLabel(`Type ${username} to confirm`).fill(username);
  await press(page, "Delete my account");
  await at(page, "/login");
  await expect(page.getByText("Your account will be deleted in 7 days")).toBeVisible();
  await smtp.take(addressOf(username), /will be deleted/);
  await logIn(page, username, later.url);
  await at(page, "/me");
  await smtp.take(addressOf(username), /Your account stays/);
});

// red team 10
test("another username asks for the password in place, and the old one stays the user's own", async ({
  page,
  smtp,
  serveWithMail,
}) => {
  const today = await serveWithMail();
  const username = await signUp(page, today.url);
  await today.stop();
  const port = new URL(today.url).port;
  const later = await serveWithMail({ PORT: port, ...clockAhead(11 * 60) });

  await page.goto(`${later.url}/me`);
  const dialog = page.getByRole("dialog");
  await page.getByLabel("Name (optional)").fill("Ada");
  await press(page, "Save changes");
  await expect(page.getByText("Your changes are saved.")).toBeVisible();
  await expect(dialog).toHaveCount(0);

  await page.getByLabel("Username").fill(`${username}2`);
  await press(page, "Save changes");
  await dialog.getByLabel("Password", { exact: true }).fill(password);
  await dialog.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByText("Your changes are saved.")).toBeVisible();
  await expect(page.getByText(`${username}2`, { exact: true })).toBeVisible();
  await smtp.take(addressOf(username), /username was changed/);
  await page.getByLabel("Username").fill(username);
  await press(page, "Save changes");
  await expect(page.getByText(username, { exact: true })).toBeVisible();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  // red team 14
  test("a code signs in the browser that asked for it; another one is told to use the link", async ({
    page,
    smtp,
    serveWithMail,
    anotherContext,
  }) => {
    const { url } = await serveWithMail({ EMAIL_LOGIN: "on" });
    const username = await signUp(page, url);
    await confirmAddress(page, smtp, username);
    await page.context().clearCookies();
    await page.goto(`${url}/login/email`);
    await page.getByLabel("Email").fill(addressOf(username));
    await press(page, "Email me a link");
    const mail = await smtp.take(addressOf(username), /sign-in link/);

    const typeCode = async (here: Page) => {
      await here.getByLabel("Email").fill(addressOf(username));
      await here.getByLabel("Code").fill(codeIn(mail));
      await press(here, "Log in");
    };
    const other = await (await anotherContext()).newPage();
    await other.goto(`${url}/login/link`);
    await typeCode(other);
    await expect(other.getByText("Elsewhere, follow the link.")).toBeVisible();
    await typeCode(page);
    await at(page, "/me");
  });

  test("a user verifies an address, changes and resets a password, and deletes the account", async ({
    page,
    smtp,
    serveWithMail,
  }) => {
    const { url } = await serveWithMail();
    const username = await signUp(page, url);
    await confirmAddress(page, smtp, username);

    await page.goto(`${url}/me/password`);
    await page.getByLabel("Current password").fill("not the password");
    await page.getByLabel("New password", { exact: true }).fill(newPassword);
    await press(page, "Change the password");
    await expect(page.getByText("This is not your password.")).toBeVisible();
    expect(page.url()).not.toContain("horse");
    await page.getByLabel("Current password").fill(password);
    await page.getByLabel("New password", { exact: true }).fill(newPassword);
    await press(page, "Change the password");
    await expect(page.getByText("Your password is changed")).toBeVisible();

    await press(page, "Sign out");
    await page.goto(`${url}/forgot-password`);
    await page.getByLabel("Email").fill(addressOf(username));
    await press(page, "Send me a link");
    await expect(page.getByText("a mail with a link is on its way")).toBeVisible();
    await page.goto(linkIn(await smtp.take(addressOf(username), /new password/)).href);
    await page.getByLabel("New password", { exact: true }).fill("password123");
    await press(page, "Set the password");
    await expect(page.getByText("one of the most common passwords")).toBeVisible();
    await page.getByLabel("New password", { exact: true }).fill(password);
    await press(page, "Set the password");
    await expect(page.getByText("Your new password is set")).toBeVisible();

    await logIn(page, username, url);
    await page.goto(`${url}/me/data`);
    await page.getByLabel(`Type ${username} to confirm`).fill(username);
    await page.getByLabel("Your password").last().fill(password);
    await press(page, "Delete my account");
    await expect(page.getByText("Your account will be deleted in 7 days")).toBeVisible();
  });
});

test("where no email can be sent, the page does not promise one", async ({ page }) => {
  await page.goto("/login");
  await expect(page.getByRole("link", { name: "Forgotten your password?" })).toHaveCount(0);
  await page.goto("/forgot-password");
  await expect(page.getByText("This site cannot send email")).toBeVisible();
});

test("the development mailbox does not exist in production", async ({ page }) => {
  expect((await page.goto("/dev/mail"))?.status()).toBe(404);
});

test("a password manager finds the page that changes the password", async ({ page }) => {
  await page.goto("/.well-known/change-password");
  await at(page, "/login");
  expect(new URL(page.url()).searchParams.get("next")).toBe("/me/password");
});
