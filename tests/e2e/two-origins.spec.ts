/** Pages and API on different hosts, over real HTTPS, as docs/deploy.md sets them up. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Page } from "@playwright/test";
import config from "../../playwright.config.ts";
import { type HttpsFront, startHttps } from "../support/https.ts";
import { temporaryFolder } from "../support/server.ts";
import { at, test as base, callTheApi, expect, logIn, password, signUp } from "./fixtures.ts";

interface Worker {
  front: HttpsFront;
}

/** A browser that resolves every *.test host to the front. */
const test = base.extend<object, Worker>({
  front: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright requires a destructuring pattern.
    async ({}, use) => {
      const front = await startHttps();
      await use(front);
      await front.close();
    },
    { scope: "worker" },
  ],
  browser: [
    async ({ front }, use) => {
      const browser = await chromium.launch(launchOptions(front));
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],
});

test.use({ ignoreHTTPSErrors: true });

function launchOptions({ port }: HttpsFront) {
  const { args = [], ...options } = config.use?.launchOptions ?? {};
  const hosts = `--host-resolver-rules=MAP *.test:443 127.0.0.1:${port}`;
  return { ...options, args: [...args, hosts] };
}

/** Returns what a page of a third origin gets when it calls the API with the visitor's cookie. */
async function askAsStranger(page: Page, api: string) {
  await page.goto("https://www.stranger.test");
  return page.evaluate(async (url) => {
    const ask = (mode: RequestMode) =>
      fetch(url, { method: "POST", credentials: "include", mode }).then(
        ({ status, type }) => `${type} ${status}`,
        () => "refused",
      );
    return [await ask("cors"), await ask("no-cors")];
  }, `${api}/api/auth/refresh`);
}

test.describe("www. and api. of one domain", () => {
  const www = "https://www.latchkey.test";
  const api = "https://api.latchkey.test";

  test("the pages know the user, and the API issues the tokens", async ({
    page,
    context,
    front,
    serve,
  }) => {
    const shared = { JWT_COOKIE_DOMAIN: "latchkey.test", JWT_COOKIE_SAMESITE: "lax" };
    const pages = await serve({ ...shared, APP_URL: www, NEXT_PUBLIC_API_HOST: api });
    const apis = await serve({ ...shared, APP_URL: api, ALLOWED_ORIGINS: www });
    front.serve("www.latchkey.test", pages.url);
    front.serve("api.latchkey.test", apis.url);
    const origins = new Set<string>();
    context.on("request", (request) => {
      const { origin, pathname } = new URL(request.url());
      if (pathname.startsWith("/api/")) origins.add(origin);
    });

    await page.goto(`${www}/sessions`);
    await at(page, "/login");
    const username = await signUp(page, www);
    const reloaded = await page.reload();
    expect(await reloaded?.text()).toContain(username);
    await page.goto(`${www}/ping`);
    await callTheApi(page);
    await expect(page.getByText(/^200 in/)).toBeVisible();
    const [cookie] = (await context.cookies(api)).filter(
      ({ name }) => name === "__Secure-refresh_token",
    );
    expect(cookie).toMatchObject({ domain: ".latchkey.test", secure: true, sameSite: "Lax" });

    const stranger = await context.newPage();
    expect(await askAsStranger(stranger, api)).toEqual(["refused", "refused"]);

    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await at(page, "/logged-out");
    await page.goto(`${www}/me`);
    await at(page, "/login");
    await logIn(page, username, www);
    await at(page, "/me");
    expect([...origins]).toEqual([api]);
  });
});

test.describe("two domains", () => {
  const www = "https://www.pages.test";
  const api = "https://api.elsewhere.test";

  /** Starts pages that see no cookie and have no database, and an API that has both. */
  async function setUp(
    serve: Parameters<Parameters<typeof test>[2]>[0]["serve"],
    front: HttpsFront,
  ) {
    const pages = await serve({
      APP_URL: www,
      NEXT_PUBLIC_API_HOST: api,
      DATABASE_URL: "",
    });
    const apis = await serve({
      APP_URL: api,
      ALLOWED_ORIGINS: www,
      JWT_COOKIE_SAMESITE: "none",
    });
    front.serve("www.pages.test", pages.url);
    front.serve("api.elsewhere.test", apis.url);
  }

  test("the browser calls the API, and protected pages wait for its response", async ({
    page,
    context,
    front,
    serve,
  }) => {
    await setUp(serve, front);
    await context.addInitScript(() => {
      // Records every heading that is shown, even briefly.
      Object.assign(window, { shown: [] });
      new MutationObserver(() => {
        const heading = document.querySelector("main h1")?.textContent;
        if (heading) (window as unknown as { shown: string[] }).shown.push(heading);
      }).observe(document, { childList: true, subtree: true });
    });
    await page.goto(`${www}/me`);
    await at(page, "/login");
    expect(new URL(page.url()).searchParams.get("next")).toBe("/me");
    expect(await page.evaluate("shown")).not.toContain("Profile");

    const username = await signUp(page, www);
    await expect(page.getByText(`${username}@example.com`, { exact: true })).toBeVisible();
    const reloaded = await page.reload();
    expect(await reloaded?.text()).not.toContain(username);
    await expect(page.getByText(`${username}@example.com`, { exact: true })).toBeVisible();

    await page
      .getByRole("navigation", { name: "Account" })
      .getByRole("link", { name: "Devices" })
      .click();
    await expect(page.getByText("This device", { exact: true })).toBeVisible();
    await page.getByRole("link", { name: "Session" }).click();
    await callTheApi(page);
    await expect(page.getByText(/^200 in/)).toBeVisible();
    const [cookie] = (await context.cookies(api)).filter(
      ({ name }) => name === "__Host-refresh_token",
    );
    expect(cookie).toMatchObject({ secure: true, sameSite: "None", httpOnly: true });
    expect(cookie?.partitionKey).toContain("pages.test");

    const stranger = await context.newPage();
    expect(await askAsStranger(stranger, api)).toEqual(["refused", "refused"]);

    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await at(page, "/logged-out");
    await page.goto(`${www}/sessions`);
    await at(page, "/login");
  });

  test("a user whose browser blocks the API's cookie sees an error", async ({ front, serve }) => {
    await setUp(serve, front);
    const profile = temporaryFolder();
    const blocked = { "https://api.elsewhere.test,*": { setting: 2 } };
    const preferences = { profile: { content_settings: { exceptions: { cookies: blocked } } } };
    mkdirSync(join(profile.path, "Default"));
    writeFileSync(join(profile.path, "Default", "Preferences"), JSON.stringify(preferences));
    const context = await chromium.launchPersistentContext(profile.path, {
      ...launchOptions(front),
      ignoreHTTPSErrors: true,
    });
    const page = await context.newPage();
    await page.goto(`${www}/signup`);
    await page.getByLabel("Username").fill("ada");
    await page.getByLabel("Email").fill("ada@example.com");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign up" }).click();
    const sentence = "Your browser does not keep the sign-in cookie of api.elsewhere.test.";
    await expect(page.getByRole("alert").filter({ hasText: sentence })).toBeVisible();
    await at(page, "/signup");
    await context.close();
    profile.remove();
  });
});

test.describe("two domains, one of them behind the other", () => {
  const www = "https://www.front.test";

  test("the cookie belongs to the pages, and the API knows the visitor's address", async ({
    page,
    context,
    front,
    serve,
  }) => {
    const apis = await serve({ APP_URL: www });
    const pages = await serve({
      APP_URL: www,
      API_PROXY_TARGET: apis.url,
      TRUSTED_PROXIES: "127.0.0.1,::1",
    });
    front.serve("www.front.test", pages.url);

    await page.goto(`${www}/me`);
    await at(page, "/login");
    const username = await signUp(page, www);
    const reloaded = await page.reload();
    expect(await reloaded?.text()).toContain(username);
    await page.goto(`${www}/ping`);
    await callTheApi(page);
    await expect(page.getByText(/^200 in/)).toBeVisible();
    expect((await context.cookies(www)).map(({ name }) => name)).toContain("__Host-refresh_token");
    await page.goto(`${www}/sessions`);
    await expect(page.getByText("from 203.0.113.5")).toBeVisible();
    const jwks = await page.evaluate(async () => (await fetch("/.well-known/jwks.json")).json());
    expect(jwks.keys).toHaveLength(1);

    const stranger = await context.newPage();
    expect(await askAsStranger(stranger, www)).toEqual(["refused", "refused"]);

    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await at(page, "/logged-out");
    await page.goto(`${www}/me`);
    await at(page, "/login");
  });
});

// case: rubygems/rubygems.org#6792
test("with SameSite=strict a link in webmail leads to the page, signed in", async ({
  page,
  context,
  front,
  serve,
}) => {
  const www = "https://www.strict.test";
  const server = await serve({ APP_URL: www, JWT_COOKIE_SAMESITE: "strict" });
  front.serve("www.strict.test", server.url);
  await signUp(page, www);
  const webmail = await context.newPage();
  await webmail.goto("https://www.stranger.test");
  const loads: string[] = [];
  webmail.on("request", (request) => {
    if (request.isNavigationRequest()) loads.push(new URL(request.url()).pathname);
  });
  await webmail.evaluate((href) => {
    const link = Object.assign(document.createElement("a"), { href, textContent: "Your devices" });
    document.body.append(link);
  }, `${www}/sessions?from=mail`);
  await webmail.getByRole("link", { name: "Your devices" }).click();
  await expect(webmail.getByText("This device", { exact: true })).toBeVisible();
  expect(new URL(webmail.url()).search).toBe("?from=mail");
  expect(loads).toEqual(["/sessions", "/sessions"]);
});
