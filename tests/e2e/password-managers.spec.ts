/**
 * A password manager takes the field before a form's first password field for the username
 * (case: mozilla/fxa-content-server#3977).
 */
import type { Page } from "@playwright/test";
import { clockAhead } from "../support/server.ts";
import { linkIn, startSmtp } from "../support/smtp.ts";
import { expect, signUp, test } from "./fixtures.ts";

/** The forms of the page with a password, as the username before it, or what is wrong. */
function passwordForms(page: Page): Promise<string[]> {
  return page.locator("form:has(input[autocomplete$=password])").evaluateAll((forms) =>
    forms.map((form) => {
      const fields = [...form.querySelectorAll("input")];
      const password = fields.findIndex(({ autocomplete }) => autocomplete.endsWith("password"));
      const username = fields.findIndex(({ autocomplete }) => autocomplete === "username");
      if (username === -1) return "no username field";
      return username < password ? `username ${fields[username]?.value}` : "username too late";
    }),
  );
}

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("in every form the username comes before the first password", async ({ page, serve }) => {
    const smtp = await startSmtp();
    const { url } = await serve({
      SMTP_URL: smtp.url,
      MAIL_FROM: "Latchkey <no-reply@example.com>",
    });
    const formsAt = async (path: string) => {
      await page.goto(new URL(path, url).href);
      return passwordForms(page);
    };
    expect(await formsAt("/signup")).toEqual(["username "]);
    expect(await formsAt("/login")).toEqual(["username "]);
    const username = await signUp(page, url);
    const own = `username ${username}`;
    expect(await formsAt("/me/password")).toEqual([own]);
    expect(await formsAt("/me/email")).toEqual([own]);
    expect(await formsAt("/me/data")).toEqual([own, own]);

    await page.goto(`${url}/forgot-password`);
    await page.getByLabel("Email").fill(`${username}@example.com`);
    await page.getByRole("button", { name: "Send me a link" }).click();
    const mail = await smtp.take(`${username}@example.com`, /new password/);
    expect(await formsAt(linkIn(mail).href)).toEqual([own]);

    const confirmation = await smtp.take(`${username}@example.com`, /Confirm/);
    await page.context().clearCookies();
    expect(await formsAt(linkIn(confirmation).href)).toEqual([own]);
    await smtp.close();
  });
});

test("with scripts, too: where the password is changed, and where it is asked for once more", async ({
  page,
  serve,
}) => {
  const today = await serve();
  const username = await signUp(page, today.url);
  await page.goto(`${today.url}/me/password`);
  await expect(page.getByRole("button", { name: "Show password" })).toHaveCount(2);
  expect(await passwordForms(page)).toEqual([`username ${username}`]);
  await today.stop();
  await serve({ PORT: new URL(today.url).port, ...clockAhead(11 * 60) });
  await page.goto(`${today.url}/me/data`);
  await page.getByRole("button", { name: "Download my data" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(await passwordForms(page)).toEqual([`username ${username}`]);
});
