import { at, expect, logIn, newUsername, password, signUp, test } from "./fixtures.ts";

test.use({ javaScriptEnabled: false });

test("a user signs up, sees their pages, and signs out", async ({ page }) => {
  const username = await signUp(page);
  await expect(page.getByRole("main")).toContainText(username);
  const settings = page.getByRole("navigation", { name: "Settings" });
  await settings.getByRole("link", { name: "Devices" }).click();
  await expect(page.getByText("This device", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await at(page, "/logged-out");
  await page.goto("/me");
  await at(page, "/login");
  await logIn(page, username);
  await at(page, "/me");
});

test("the page reports errors, and no URL contains a password", async ({ page, context }) => {
  const urls: string[] = [];
  context.on("request", (request) => urls.push(request.url()));
  const username = newUsername();
  await logIn(page, username);
  await expect(page.getByRole("alert").first()).toContainText("wrong");
  await expect(page.getByLabel("Username or email")).toHaveValue(username);

  await page.goto("/signup");
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Email").fill(`${username}@example.com`);
  await page.getByLabel("Password", { exact: true }).fill("password123");
  await page.getByRole("button", { name: "Sign up" }).click();
  await expect(page.getByText("one of the most common passwords")).toBeVisible();
  await expect(page.getByLabel("Email")).toHaveValue(`${username}@example.com`);
  for (const url of urls) {
    expect(url).not.toContain(encodeURIComponent(password));
    expect(url).not.toContain("password123");
  }
});
