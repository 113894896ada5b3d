import { apiCalls, at, callTheApi, expect, refreshCall, signUp, test } from "./fixtures.ts";

const count = (calls: string[]) => calls.filter((call) => call === refreshCall).length;

test("an expired token is replaced silently", async ({ page, serve }) => {
  const { url } = await serve({ ACCESS_TOKEN_LIFETIME: "5" });
  await signUp(page, url);
  await page.goto(`${url}/ping`);
  await callTheApi(page);
  await expect(page.getByText(/^200 in/)).toBeVisible();
  const answer = page.waitForResponse(`${url}/api/auth/refresh`);
  // Ahead of its expiry, without any interaction.
  expect((await answer).status()).toBe(200);
  await callTheApi(page);
  await expect(page.getByText(/^200 in/)).toBeVisible();
  expect(new URL(page.url()).pathname).toBe("/ping");
});

test("a call without a token fetches one first", async ({ page, context }) => {
  await signUp(page);
  await page.goto("/ping");
  await expect(page.getByText("Received an access token").first()).toBeVisible();
  const calls = apiCalls(context);
  await page.getByRole("button", { name: "Let the token expire" }).click();
  await callTheApi(page);
  await expect(page.getByText(/^200 in/)).toBeVisible();
  expect(calls).toEqual([refreshCall, "GET /api/ping"]);
});

test("five tabs that need a token at the same time refresh once", async ({ page, context }) => {
  await signUp(page);
  const tabs = await Promise.all(Array.from({ length: 5 }, () => context.newPage()));
  for (const tab of tabs) {
    await tab.goto("/ping");
    await callTheApi(tab);
    await expect(tab.getByText(/^200 in/)).toBeVisible();
  }
  const calls = apiCalls(context);
  for (const tab of tabs) {
    await tab.getByRole("button", { name: "Let the token expire" }).click();
  }
  await Promise.all(tabs.map(callTheApi));
  await expect.poll(() => calls.filter((call) => call === "GET /api/ping").length).toBe(5);
  expect(count(calls)).toBe(1);
});

test("without a network the user stays signed in, and everything works when it is back", async ({
  page,
  context,
  serve,
}) => {
  const { url } = await serve({ ACCESS_TOKEN_LIFETIME: "2" });
  const username = await signUp(page, url);
  await page.goto(`${url}/ping`);
  await callTheApi(page);
  await expect(page.getByText(/^200 in/)).toBeVisible();
  await context.setOffline(true);
  await page.waitForTimeout(2500);
  await callTheApi(page);
  await expect(page.getByText(/could not|no answer|unreachable|connection/i).first()).toBeVisible();
  await expect(page.getByRole("banner")).toContainText(username);
  await context.setOffline(false);
  await expect(async () => {
    await callTheApi(page);
    await expect(page.getByText(/^200 in/)).toBeVisible({ timeout: 1000 });
  }).toPass();
  await expect(page.getByRole("banner")).toContainText(username);
});

test("a server that is down does not sign the user out, either", async ({ page }) => {
  const username = await signUp(page);
  await page.goto("/ping");
  await expect(page.getByText("Received an access token").first()).toBeVisible();
  await page.route("**/api/auth/refresh", (route) =>
    route.fulfill({ status: 503, contentType: "text/html", body: "<h1>Bad gateway</h1>" }),
  );
  await page.getByRole("button", { name: "Let the token expire" }).click();
  await callTheApi(page);
  await expect(page.getByRole("banner")).toContainText(username);
  await page.unroute("**/api/auth/refresh");
  await expect(async () => {
    await callTheApi(page);
    await expect(page.getByText(/^200 in/)).toBeVisible({ timeout: 1000 });
  }).toPass();
});

test("a page notices when it is back online that its session ended elsewhere", async ({
  page,
  context,
  anotherContext,
}) => {
  const username = await signUp(page);
  const elsewhere = await (await anotherContext()).newPage();
  await elsewhere.goto("/login");
  await elsewhere.getByLabel("Username or email").fill(username);
  await elsewhere.getByLabel("Password", { exact: true }).fill("correct horse battery");
  await elsewhere.getByRole("button", { name: "Log in" }).click();
  await at(elsewhere, "/me");
  await elsewhere.goto("/sessions");
  await elsewhere.getByRole("button", { name: "Sign out the other device" }).click();
  await elsewhere.getByRole("button", { name: "Sign them out" }).click();
  await expect(elsewhere.getByText("1 other device is signed out.")).toBeVisible();

  await context.setOffline(true);
  await context.setOffline(false);
  await at(page, "/login");
  await expect(page.getByText("signed out from another one")).toBeVisible();
});
