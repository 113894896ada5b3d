import AxeBuilder from "@axe-core/playwright";
import { expect, newUsername, password, test } from "./fixtures.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" } });

    test("a new password is rated while it is typed, and not before", async ({ page }) => {
      const loaded: string[] = [];
      page.on("response", async (response) => {
        const type = response.headers()["content-type"] ?? "";
        if (type.includes("javascript")) loaded.push(await response.text().catch(() => ""));
      });
      const wordLists = () => loaded.filter((script) => script.includes("diceware-common")).length;

      await page.goto("/signup");
      await page.getByLabel("Username").fill("countess");
      await page.waitForLoadState("networkidle");
      expect(wordLists()).toBe(0);

      const field = page.getByLabel("Password", { exact: true });
      await field.pressSequentially("password1");
      await expect(page.getByText("Easy to guess: many people have this one.")).toBeVisible();
      expect(wordLists()).toBe(1);
      await field.fill("countess");
      await expect(page.getByText("made of your own name")).toBeVisible();
      await field.fill("kestrel umbra tango plinth");
      await expect(page.getByText("Strong.")).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id }) => id)).toEqual([]);
      await field.fill("");
      await expect(page.getByText("Strong.")).toBeHidden();
    });
  });
}

test("a password that is easy to guess can still be sent: the server decides", async ({ page }) => {
  const username = newUsername();
  await page.goto("/signup");
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Email").fill(`${username}@example.com`);
  await page.getByLabel("Password", { exact: true }).fill(`${username}${username}`);
  await expect(page.getByText("Easy to guess")).toBeVisible();
  await page.getByRole("button", { name: "Sign up" }).click();
  await expect(page).not.toHaveURL(/signup/);
});

test("without the word lists there is no hint, but the form works", async ({ page }) => {
  await page.goto("/signup");
  await page.waitForLoadState("networkidle");
  await page.route("**/*.js*", (route) => route.abort());
  const username = newUsername();
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Email").fill(`${username}@example.com`);
  const asked = page.waitForRequest(/\.js/);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await asked;
  await expect(page.getByText(/^(Easy to guess|Fine|Strong)/)).toHaveCount(0);
  await page.unroute("**/*.js*");
  await page.getByRole("button", { name: "Sign up" }).click();
  await expect(page).not.toHaveURL(/signup/);
});

test("an existing password is not rated", async ({ page }) => {
  await page.goto("/login");
  await page.waitForLoadState("networkidle");
  const before = await page.evaluate(() => performance.getEntriesByType("resource").length);
  await page.getByLabel("Password", { exact: true }).fill("password1");
  await page.waitForTimeout(1_000);
  expect(await page.evaluate(() => performance.getEntriesByType("resource").length)).toBe(before);
  await expect(page.getByText("Easy to guess")).toHaveCount(0);
});
