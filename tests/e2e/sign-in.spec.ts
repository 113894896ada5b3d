import { apiCalls, at, expect, logIn, newUsername, password, signUp, test } from "./fixtures.ts";

test("a user signs up, signs out, and signs in to the page they wanted", async ({ page }) => {
  const username = await signUp(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await at(page, "/logged-out");

  await page.goto("/sessions?from=mail");
  await at(page, "/login");
  await page.getByLabel("Username or email").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await at(page, "/sessions");
  await expect(page.getByText("This device", { exact: true })).toBeVisible();
});

test("the page reports a wrong password and keeps the username", async ({ page }) => {
  const username = await signUp(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await at(page, "/logged-out");
  await logIn(page, username, "", "not the password");
  await expect(page.getByRole("alert").filter({ hasText: "wrong" })).toBeVisible();
  await expect(page.getByLabel("Username or email")).toHaveValue(username);
  expect(page.url()).not.toContain("password");
});

test("sign-up names each invalid field", async ({ page }) => {
  const taken = await signUp(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await at(page, "/logged-out");
  await page.goto("/signup");
  await page.getByLabel("Username").fill(taken);
  await page.getByLabel("Email").fill(`${newUsername()}@example.com`);
  await page.getByLabel("Password", { exact: true }).fill("password123");
  await page.getByRole("button", { name: "Sign up" }).click();
  await expect(page.getByText("one of the most common passwords")).toBeVisible();
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign up" }).click();
  await expect(page.getByText("This username is taken").first()).toBeVisible();
  await expect(page.getByLabel("Username")).toHaveValue(taken);
});

test("signing in never leads to another site", async ({ page, baseURL }) => {
  const username = await signUp(page);
  for (const next of ["https://evil.example", "//evil.example", "/\\evil.example"]) {
    await page.getByRole("button", { name: "Sign out" }).click();
    await at(page, "/logged-out");
    await page.goto(`/login?next=${encodeURIComponent(next)}`);
    await page.getByLabel("Username or email").fill(username);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Log in" }).click();
    await at(page, "/me");
    expect(new URL(page.url()).origin).toBe(baseURL);
  }
});

test("the first HTML shows the user, and the page sends no request to the API", async ({
  page,
  context,
}) => {
  const username = await signUp(page);
  const calls = apiCalls(context);
  for (const tab of [page, await context.newPage()]) {
    const response = await tab.goto("/me");
    expect(await response?.text()).toContain(username);
    await expect(tab.getByText("Signed in as")).toBeAttached();
    await tab.waitForLoadState("networkidle");
  }
  expect(calls).toEqual([]);
});

test("a page for a signed-out visitor sends no request to the API", async ({ page, context }) => {
  const calls = apiCalls(context);
  for (const path of ["/", "/login", "/signup", "/forgot-password"]) {
    await page.goto(path);
    await page.waitForLoadState("networkidle");
  }
  expect(calls).toEqual([]);
});

test("signing in leads to the page and not back to the form, and nothing is prefetched before", async ({
  page,
  context,
}) => {
  const asked: string[] = [];
  context.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto("/");
  await page.waitForLoadState("networkidle");
  expect(asked.filter((path) => /^\/(me|sessions|ping)/.test(path))).toEqual([]);

  // The redirect to the form could be in a cache by now.
  await page.goto("/ping");
  await at(page, "/login");
  await page.getByRole("link", { name: "Make an account" }).click();
  const username = newUsername();
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Email").fill(`${username}@example.com`);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign up" }).click();
  await at(page, "/ping");
  for (const [name, path] of [
    ["Devices", "/sessions"],
    ["Profile", "/me"],
    ["Session", "/ping"],
  ] as const) {
    const pages = page.getByRole("navigation", { name: "Account" });
    await pages.getByRole("link", { name, exact: true }).click();
    await at(page, path);
  }
});

test("a changed profile shows in every tab", async ({ page, context }) => {
  const taken = await signUp(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await at(page, "/logged-out");
  await signUp(page);
  const other = await context.newPage();
  await other.goto("/me");

  const renamed = newUsername();
  await page.getByLabel("Username").fill(renamed);
  await page.getByLabel("Name", { exact: false }).first().fill("Ada Lovelace");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status").filter({ hasText: /\S/ }).first()).toBeVisible();
  for (const tab of [page, other]) {
    await expect(tab.getByRole("banner")).toContainText(renamed);
  }
  await page.getByLabel("Username").fill(taken);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("This username is taken").first()).toBeVisible();
});
