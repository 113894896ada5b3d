import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type AuthServer, ada, startServer } from "./client-server.ts";
import { holdTime, minute, openBrowser, pass, rejection } from "./client-world.ts";

let server: AuthServer;
let browser: ReturnType<typeof openBrowser>;

beforeEach(async () => {
  holdTime();
  server = await startServer();
  browser = openBrowser(server);
});

afterEach(async () => {
  browser.close();
  await server.close();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("getToken", () => {
  test("is the only reason for a page with a known user to send a request", async () => {
    const tab = await browser.rendered();
    await pass(60 * minute);
    expect(server.asked).toEqual([]);
    expect(await tab.getToken()).toMatch(/^token-/);
    expect(server.asked).toEqual(["POST refresh"]);
  });

  test("keeps the token where no other script can find it", async () => {
    const tab = await browser.rendered();
    await tab.getToken();
    expect([...browser.stored.keys()]).toEqual([]);
    expect(JSON.stringify(tab.getState())).not.toContain("token-");
    expect(JSON.stringify(tab.events)).not.toContain("token-");
  });

  test("sends one request for all callers in a tab", async () => {
    const tab = await browser.rendered();
    const tokens = await Promise.all([tab.getToken(), tab.getToken(), tab.getToken()]);
    expect(new Set(tokens).size).toBe(1);
    expect(server.asked).toEqual(["POST refresh"]);
  });

  test("sends one request for five tabs", async () => {
    const first = await browser.rendered();
    const tabs = [first, ...[1, 2, 3, 4].map(() => browser.open(ada))];
    const tokens = await Promise.all(tabs.map((tab) => tab.getToken()));
    expect(new Set(tokens).size).toBe(1);
    expect(server.asked).toEqual(["POST refresh"]);
  });

  test("tells each tab which events are its own and which another tab's", async () => {
    const tab = await browser.rendered();
    const other = browser.open(ada);
    await tab.getToken();
    expect(tab.events).toEqual([
      { type: "refresh_started", tab: "this" },
      { type: "token_received", tab: "this" },
    ]);
    await vi.waitFor(() =>
      expect(other.events).toEqual([{ type: "token_received", tab: "other" }]),
    );
  });

  test("does not use a token in its last 30 seconds", async () => {
    const tab = await browser.signedIn();
    tab.hide();
    const token = await tab.getToken();
    await pass(14.4 * minute);
    expect(await tab.getToken()).toBe(token);
    await pass(0.2 * minute);
    expect(await tab.getToken()).not.toBe(token);
  });

  test("uses a short-lived token for four fifths of its lifetime", async () => {
    server.lifetime = 10;
    const tab = await browser.signedIn();
    tab.hide();
    const token = await tab.getToken();
    await pass(7_000);
    expect(await tab.getToken()).toBe(token);
    await pass(1_500);
    expect(await tab.getToken()).not.toBe(token);
  });

  test("does not depend on the wall clock, even when it is set back", async () => {
    vi.setSystemTime("1999-12-31T23:59:59Z");
    const tab = await browser.signedIn();
    tab.hide();
    const token = await tab.getToken();
    vi.setSystemTime("1980-01-01T00:00:00Z");
    await pass(14.4 * minute);
    expect(await tab.getToken()).toBe(token);
    await pass(0.2 * minute);
    expect(await tab.getToken()).not.toBe(token);
  });

  test("does not trust a token from before the computer slept", async () => {
    const tab = await browser.signedIn();
    tab.hide();
    const token = await tab.getToken();
    // The monotonic clock of most browsers stops during sleep.
    vi.setSystemTime(Date.now() + 20 * minute);
    expect(await tab.getToken()).not.toBe(token);
  });

  test("rejects without a request when nobody is signed in", async () => {
    const tab = browser.open(null);
    const error = await rejection(tab.getToken());
    expect(error.code).toBe("signed_out");
    expect(server.asked).toEqual([]);
  });

  test("requests a new token after dropToken", async () => {
    const tab = await browser.signedIn();
    const token = await tab.getToken();
    tab.dropToken();
    await pass(5 * minute);
    expect(server.asked).toEqual([]);
    expect(await tab.getToken()).not.toBe(token);
    expect(tab.events.map(({ type }) => type)).toEqual([
      "signed_in",
      "token_dropped",
      "refresh_started",
      "token_received",
    ]);
  });
});

describe("ahead of expiry", () => {
  test("a visible page gets a new token while the old one is still valid", async () => {
    const tab = await browser.signedIn();
    const token = await tab.getToken();
    await pass(13.9 * minute);
    expect(server.asked).toEqual([]);
    await pass(0.3 * minute);
    expect(server.asked).toEqual(["POST refresh"]);
    expect(await tab.getToken()).not.toBe(token);
    expect(server.asked).toEqual(["POST refresh"]);
  });

  test("several visible windows send one request", async () => {
    const tabs = [await browser.signedIn(), browser.open(ada)];
    await Promise.all(tabs.map((tab) => tab.getToken()));
    server.asked.length = 0;
    await pass(15 * minute);
    expect(server.asked).toEqual(["POST refresh"]);
  });

  test("tokens without any lifetime cause no flood", async () => {
    server.lifetime = 0;
    const tab = await browser.rendered();
    await tab.getToken();
    await pass(10_000);
    expect(server.asked.length).toBeLessThanOrEqual(12);
  });

  test("a hidden page, or one that has needed no token yet, sends no request", async () => {
    const hidden = await browser.signedIn();
    await hidden.getToken();
    hidden.hide();
    const idle = browser.open(ada);
    await pass(30 * minute);
    expect(server.asked).toEqual([]);
    expect(idle.getState().user).toEqual(ada);
  });
});

describe("a page that does not know its user", () => {
  test("is loading until its refresh has succeeded", async () => {
    (await browser.signedIn()).close();
    const tab = browser.open(undefined);
    expect(tab.getState()).toEqual({ status: "loading", user: null });
    await vi.waitFor(() => expect(tab.getState()).toEqual({ status: "authenticated", user: ada }));
    expect(server.asked).toEqual(["POST refresh"]);
  });

  test("learns that nobody is signed in, which is not a sign-out", async () => {
    const tab = browser.open(undefined);
    await vi.waitFor(() => expect(tab.getState()).toEqual({ status: "anonymous", user: null }));
    expect(tab.events.map(({ type }) => type)).toEqual(["refresh_started"]);
  });

  test("stays loading while there is no response", async () => {
    (await browser.signedIn()).close();
    browser.goOffline();
    const tab = browser.open(undefined);
    await pass(10 * minute);
    expect(tab.getState().status).toBe("loading");
    browser.goOnline();
    await vi.waitFor(() => expect(tab.getState().user).toEqual(ada));
  });
});
