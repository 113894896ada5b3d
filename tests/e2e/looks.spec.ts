import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { at, expect, logIn, newUsername, password, signUp, test } from "./fixtures.ts";

const visitorPages = [
  "/",
  "/login",
  "/signup",
  "/logged-out",
  "/nothing-here",
  "/forgot-password",
  "/verify-email",
  "/reset-password?token=dead",
];
const accountPages = [
  "/me",
  "/me/email",
  "/me/password",
  "/me/activity",
  "/me/data",
  "/sessions",
  "/ping",
];

async function look(page: Page) {
  await page.waitForLoadState("networkidle");
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(content).toBeLessThanOrEqual(window ?? 0);
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 375]) {
    test.describe(`${colorScheme}, ${width} px wide`, () => {
      test.use({
        colorScheme,
        viewport: { width, height: 800 },
        contextOptions: { reducedMotion: "reduce" },
      });

      test("every page is accessible and fits the window", async ({ page }) => {
        for (const path of visitorPages) {
          await page.goto(path);
          await look(page);
        }
        await logIn(page, newUsername());
        await expect(page.getByRole("alert").filter({ hasText: "wrong" })).toBeVisible();
        await look(page);
        await signUp(page);
        for (const path of accountPages) {
          await page.goto(path);
          await look(page);
        }
      });
    });
  }
}

test("a user signs up and out with the keyboard alone", async ({ page }) => {
  const username = newUsername();
  await page.goto("/signup");
  const tabTo = async (name: string) => {
    for (let i = 0; i < 20; i += 1) {
      await page.keyboard.press("Tab");
      const focused = page.locator(":focus");
      const label = await focused.evaluate(
        (element: HTMLInputElement) =>
          element.labels?.[0]?.textContent ?? element.textContent ?? "",
      );
      if (label.startsWith(name)) return focused;
    }
    throw new Error(`${name} cannot be reached.`);
  };
  await tabTo("Skip to the content");
  await tabTo("Username");
  await page.keyboard.type(username);
  await tabTo("Email");
  await page.keyboard.type(`${username}@example.com`);
  await tabTo("Password");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await at(page, "/me");
  await expect(page.getByRole("banner")).toContainText(username);
  const button = await tabTo("Sign out");
  const outline = await button.evaluate((element) => getComputedStyle(element).outlineStyle);
  expect(outline).not.toBe("none");
  await page.keyboard.press("Enter");
  await at(page, "/logged-out");
});
