import { at, callTheApi, expect, logIn, signUp, test } from "./fixtures.ts";

// Over plain http on localhost, cookies have no prefix (case: teamhanko/hanko#2471).
const cookieName = "refresh_token";

test("signing out in one tab empties the others within a second", async ({ page, context }) => {
  const username = await signUp(page);
  const tabs = [await context.newPage(), await context.newPage(), await context.newPage()];
  // Each tab reports the time itself, so that a slow test machine does not count.
  const emptied: number[] = [];
  await context.exposeBinding("emptied", (_, time: number) => emptied.push(time));
  for (const tab of tabs) {
    await tab.goto("/me");
    await tab.evaluate((name) => {
      const main = document.querySelector("main") as HTMLElement;
      const report = (window as unknown as { emptied(time: number): void }).emptied;
      new MutationObserver((_, observer) => {
        if (main.textContent?.includes(name)) return;
        observer.disconnect();
        report(Date.now());
      }).observe(main, { childList: true, subtree: true });
    }, username);
  }
  await page.evaluate(() => {
    const note = () => sessionStorage.setItem("clicked", String(Date.now()));
    document.addEventListener("click", note, { capture: true, once: true });
  });
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect.poll(() => emptied.length).toBe(tabs.length);
  for (const tab of tabs) await at(tab, "/login");
  await at(page, "/logged-out");
  const clicked = await page.evaluate(() => Number(sessionStorage.getItem("clicked")));
  expect(Math.max(...emptied) - clicked).toBeLessThan(1000);
});

test("the back button shows nothing after signing out, here or in another tab", async ({
  page,
  context,
}) => {
  const username = await signUp(page);
  await page.goto("/sessions");
  await page.goto("/me");
  const other = await context.newPage();
  await other.goto("/me");
  await other.goto("/");
  await page.getByRole("button", { name: "Sign out" }).click();
  await at(page, "/logged-out");
  for (const tab of [page, other]) {
    await tab.goBack();
    await expect(tab.getByRole("button", { name: "Log in" })).toBeVisible();
    await expect(tab.getByText(username)).toHaveCount(0);
  }
});

test("signing out without a network works here at once, and on the server later", async ({
  page,
  context,
  request,
}) => {
  const username = await signUp(page);
  const stolen = (await context.cookies()).find(({ name }) => name === cookieName)?.value;
  const refresh = () =>
    request.post("/api/auth/refresh", { headers: { cookie: `${cookieName}=${stolen}` } });
  await context.setOffline(true);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("main").getByText(username)).toHaveCount(0);
  expect((await refresh()).status()).toBe(200);
  await context.setOffline(false);
  await expect.poll(async () => (await refresh()).status()).toBe(401);
  await at(page, "/logged-out");
  await page.goto("/me");
  await at(page, "/login");
});

test("a stolen cookie ends the session for both sides, and the owner sees why", async ({
  page,
  context,
  serve,
  anotherContext,
}) => {
  const { url } = await serve({ REFRESH_TOKEN_MIN_AGE: "0", REFRESH_GRACE_PERIOD: "1" });
  await signUp(page, url);
  const thief = await anotherContext();
  await thief.addCookies(await context.cookies());
  await page.goto(`${url}/ping`);
  // The owner refreshes and overtakes the copy.
  for (let i = 0; i < 3; i += 1) {
    await page.getByRole("button", { name: "Let the token expire" }).click();
    const refreshed = page.waitForResponse(`${url}/api/auth/refresh`);
    await callTheApi(page);
    expect((await refreshed).status()).toBe(200);
    await expect(page.getByText(/^200 in/)).toBeVisible();
  }
  await page.waitForTimeout(1200);

  const stranger = await thief.newPage();
  const answer = await thief.request.post(`${url}/api/auth/refresh`);
  expect((await answer.json()).code).toBe("refresh_reused");
  await stranger.goto(`${url}/me`);
  await at(stranger, "/login");

  await page.getByRole("button", { name: "Let the token expire" }).click();
  await callTheApi(page);
  await at(page, "/login");
  await expect(page.getByText("used in two places at once")).toBeVisible();
});

test("a user signs one device out from another, and then all others", async ({
  page,
  anotherContext,
}) => {
  const username = await signUp(page);
  const others = [
    await (await anotherContext()).newPage(),
    await (await anotherContext()).newPage(),
  ];
  for (const other of others) {
    await logIn(other, username);
    await at(other, "/me");
  }
  await page.goto("/sessions");
  await expect(page.getByRole("listitem").filter({ hasText: "Last used" })).toHaveCount(3);
  await page
    .getByRole("button", { name: /^Sign out .* on / })
    .first()
    .click();
  await expect(page.getByRole("listitem").filter({ hasText: "Last used" })).toHaveCount(2);
  await page.getByRole("button", { name: "Sign out the other device" }).click();
  await page.getByRole("button", { name: "Sign them out" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "Last used" })).toHaveCount(1);
  for (const other of others) {
    await other.goto("/me");
    await at(other, "/login");
    await expect(other.getByText("signed out from another one")).toBeVisible();
  }
});
