import { afterAll, beforeAll, expect, test } from "vitest";
import { newDatabase, type TestDatabase } from "../support/databases.ts";
import { type Server, secret, startServer } from "../support/server.ts";
import { Browser } from "./browser.ts";

let database: TestDatabase;
let server: Server;

beforeAll(async () => {
  database = await newDatabase();
  server = await startServer({ AUTH_SECRET: secret, DATABASE_URL: database.url });
});

afterAll(async () => {
  await server?.stop();
  await database?.remove();
});

/** A browser whose cookie is genuine, so that the middleware admits it, and whose session is over. */
async function signedOutBrowser(): Promise<Browser> {
  const browser = new Browser(server.url);
  await browser.signUp();
  const left = browser.copy();
  await browser.post("/api/auth/logout");
  return left;
}

const path = "/me/activity?since=monday&q=caf%C3%A9";
const login = "/login?next=%2Fme%2Factivity%3Fsince%3Dmonday%26q%3Dcaf%25C3%25A9";

test("a page that finds the session over leads back to itself after sign-in, query and all", async () => {
  const response = await (await signedOutBrowser()).get(path);
  expect([response.status, response.headers.get("location")]).toEqual([307, login]);
});

test("what a client sends in the header of the path is ignored", async () => {
  const headers = { "x-latchkey-path": "/ping?forged=1" };
  const response = await (await signedOutBrowser()).get(path, { headers });
  expect([response.status, response.headers.get("location")]).toEqual([307, login]);
});

test("a navigation of the router keeps the query, and nothing of its own", async () => {
  const browser = await signedOutBrowser();
  const headers = { RSC: "1" };
  // Next corrects the router's own parameter first.
  const corrected = await browser.get(`${path}&_rsc=abc12`, { headers });
  const location = corrected.headers.get("location") ?? "";
  expect(location).toMatch(/^\/me\/activity\?.*&_rsc/);
  const response = await browser.get(location, { headers });
  const answer = `${response.headers.get("location")} ${await response.text()}`;
  expect(answer).toContain(login);
  expect(answer).not.toMatch(/next=[^" ]*_rsc/);
});

test("a visitor without a cookie is sent the same way by the middleware", async () => {
  const response = await new Browser(server.url).get(path);
  expect(response.status).toBe(307);
  const location = new URL(response.headers.get("location") ?? "", server.url);
  expect([location.pathname, location.searchParams.get("next")]).toEqual(["/login", path]);
});
