import { randomUUID } from "node:crypto";
import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import { type Server, secret, startServer, temporaryFolder } from "../support/server.ts";

export { expect };
export const password = "correct horse battery";

interface Fixtures {
  /** Fails the test when one of its pages reports an error or violates its policy. */
  complaints: string[];
  /** Starts a server with settings of its own. */
  serve(settings?: Record<string, string>): Promise<Server>;
  /** Opens another browser: another user's, or the same user's second one. */
  anotherContext(): Promise<BrowserContext>;
}

/**
 * Chromium reports an error for every response from 400 on, for every request without a network,
 * and for what the API refuses a foreign page.
 */
const expected = /Failed to load resource|net::ERR_|from origin 'https:\/\/www\.stranger\.test'/;

export const test = base.extend<Fixtures>({
  complaints: [
    // Depends on `serve`, so that this check runs before the servers stop under an open page.
    async ({ context, serve: _ }, use) => {
      const complaints: string[] = [];
      await listen(context, complaints);
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],

  // biome-ignore lint/correctness/noEmptyPattern: Playwright requires a destructuring pattern.
  serve: async ({}, use) => {
    const folder = temporaryFolder();
    const servers: Server[] = [];
    await use(async (settings = {}) => {
      const server = await startServer({
        AUTH_SECRET: secret,
        DATABASE_URL: `file:${folder.path}/auth.db`,
        RATE_LIMITS: "off",
        ...settings,
      });
      servers.push(server);
      return server;
    });
    // At once: the pages are still open, and a server that stops gracefully waits for their requests.
    for (const server of servers) await server.stop("SIGKILL");
    folder.remove();
  },

  anotherContext: async ({ browser, complaints }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext();
      await listen(context, complaints);
      contexts.push(context);
      return context;
    });
    for (const context of contexts) await context.close();
  },
});

async function listen(context: BrowserContext, complaints: string[]) {
  context.on("console", (message) => {
    if (message.type() === "error" && !expected.test(message.text())) {
      complaints.push(message.text());
    }
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
}

export function newUsername(): string {
  return `u-${randomUUID().slice(0, 8)}`;
}

/** Signs up through the form and waits for the page that follows. Returns the username. */
export async function signUp(page: Page, origin = ""): Promise<string> {
  const username = newUsername();
  await page.goto(`${origin}/signup`);
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Email").fill(`${username}@example.com`);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign up" }).click();
  await at(page, "/me");
  return username;
}

export async function logIn(page: Page, username: string, origin = "", secretWord = password) {
  await page.goto(`${origin}/login`);
  await page.getByLabel("Username or email").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(secretWord);
  await page.getByRole("button", { name: "Log in" }).click();
}

/** Waits until the page is at `path`, whatever its query. */
export async function at(page: Page, path: string) {
  await page.waitForURL((url) => url.pathname === path);
}

/** Returns a list that grows with each request of `context` to the API. */
export function apiCalls(context: BrowserContext): string[] {
  const calls: string[] = [];
  context.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/api/")) calls.push(`${request.method()} ${pathname}`);
  });
  return calls;
}

export const refreshCall = "POST /api/auth/refresh";
export const callTheApi = (page: Page) =>
  page.getByRole("button", { name: "Call the API" }).click();
