import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { clockAhead } from "../support/server.ts";
import { at, callTheApi, expect, logIn, signUp, test } from "./fixtures.ts";

test("a user signs up, comes back the next day in three tabs, and signs out everywhere", async ({
  serve,
  anotherContext,
  launchOptions,
}) => {
  const profile = mkdtempSync(join(tmpdir(), "latchkey-profile-"));
  const openBrowser = () => chromium.launchPersistentContext(profile, launchOptions);
  const first = await serve();
  let browser = await openBrowser();
  const username = await signUp(await browser.newPage(), first.url);
  await browser.close();
  await first.stop();

  const second = await serve({
    PORT: new URL(first.url).port,
    ...clockAhead(24 * 60 * 60),
  });
  browser = await openBrowser();
  const tabs = await Promise.all([1, 2, 3].map(() => browser.newPage()));
  await Promise.all(tabs.map((tab) => tab.goto(`${second.url}/ping`)));
  for (const tab of tabs) {
    await expect(tab.getByRole("banner")).toContainText(username);
    await callTheApi(tab);
    await expect(tab.getByText(/^200 in/)).toBeVisible();
  }

  const elsewhere = await (await anotherContext()).newPage();
  await logIn(elsewhere, username, second.url);
  await at(elsewhere, "/me");

  const [tab, ...rest] = tabs;
  if (!tab) throw new Error("There is no tab.");
  await tab.goto(`${second.url}/sessions`);
  await tab.getByRole("button", { name: "Sign out everywhere" }).click();
  await tab.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await at(tab, "/logged-out");
  for (const other of rest) await at(other, "/login");
  await elsewhere.reload();
  await at(elsewhere, "/login");
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
});
