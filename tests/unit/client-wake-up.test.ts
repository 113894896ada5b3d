import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type AuthServer, ada, grace, startServer } from "./client-server.ts";
import { holdTime, minute, openBrowser, pass } from "./client-world.ts";

const nobody = { status: "anonymous", user: null };

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
});

describe("a page that was hidden", () => {
  test("for minutes checks whether its session is still alive", async () => {
    const tab = await browser.rendered();
    tab.hide();
    await pass(5 * minute);
    expect(server.asked).toEqual([]);
    server.endSessions();
    tab.show();
    await vi.waitFor(() => expect(tab.getState()).toEqual(nobody));
    expect(tab.events.at(-1)?.code).toBe("session_revoked");
  });

  test("for a few seconds sends nothing", async () => {
    const tab = await browser.rendered();
    await tab.getToken();
    tab.hide();
    await pass(20_000);
    tab.show();
    await pass(20_000);
    expect(server.asked).toEqual(["POST refresh"]);
  });

  test("sends nothing when another tab has just refreshed", async () => {
    const tab = await browser.rendered();
    const other = browser.open(ada);
    other.hide();
    await pass(5 * minute);
    await tab.getToken();
    await pass(1_000);
    other.show();
    await pass(1_000);
    expect(server.asked).toEqual(["POST refresh"]);
    expect(await other.getToken()).toBe(await tab.getToken());
  });

  test("sends nothing when nobody is signed in", async () => {
    const tab = browser.open(null);
    tab.hide();
    await pass(5 * minute);
    tab.show();
    await pass(1_000);
    expect(server.asked).toEqual([]);
  });
});

describe("a computer that slept", () => {
  test("wakes up signed in, with one refresh for three tabs", async () => {
    const tabs = [await browser.rendered(), browser.open(ada), browser.open(ada)];
    await Promise.all(tabs.map((tab) => tab.getToken()));
    server.asked.length = 0;
    // The monotonic clock stops; timers and pages notice nothing.
    vi.setSystemTime(Date.now() + 24 * 60 * minute);
    await pass(minute);
    expect(server.asked).toEqual(["POST refresh"]);
    for (const tab of tabs) expect(tab.getState().user).toEqual(ada);
  });

  test("notices by itself that the session has ended meanwhile", async () => {
    const tab = await browser.rendered();
    server.endSessions();
    vi.setSystemTime(Date.now() + 60 * minute);
    await pass(minute);
    expect(tab.getState()).toEqual(nobody);
  });

  test("keeps the user signed in while it has no network yet", async () => {
    const tab = await browser.rendered();
    await tab.getToken();
    browser.goOffline();
    vi.setSystemTime(Date.now() + 60 * minute);
    await pass(5 * minute);
    expect(tab.getState().user).toEqual(ada);
    browser.goOnline();
    await vi.waitFor(() => expect(tab.events.at(-1)?.type).toBe("token_received"));
  });
});

test("a page that was offline checks its session when it is back", async () => {
  const tab = await browser.rendered();
  browser.goOffline();
  server.endSessions();
  browser.goOnline();
  await vi.waitFor(() => expect(tab.getState()).toEqual(nobody));
});

describe("a page from the back/forward cache", () => {
  test("shows no user until the server has responded", async () => {
    const tab = await browser.rendered();
    tab.restore();
    expect(tab.getState()).toEqual({ status: "loading", user: null });
    await vi.waitFor(() => expect(tab.getState()).toEqual({ status: "authenticated", user: ada }));
  });

  test("has no user when the session has ended since", async () => {
    const tab = await browser.rendered();
    server.endSessions();
    tab.restore();
    expect(tab.getState().user).toBeNull();
    await vi.waitFor(() => expect(tab.getState()).toEqual(nobody));
    expect(tab.events.at(-1)).toEqual({
      type: "signed_out",
      tab: "this",
      code: "session_revoked",
    });
  });

  test("shows nobody while it is offline", async () => {
    const tab = await browser.rendered();
    browser.goOffline();
    tab.restore();
    await pass(5 * minute);
    expect(tab.getState().status).toBe("loading");
    browser.goOnline();
    await vi.waitFor(() => expect(tab.getState().user).toEqual(ada));
  });

  test("ignores an answer to a request from before", async () => {
    const tab = await browser.rendered();
    let answer = () => {};
    server.next("POST refresh", (_, response) => {
      const old = { access_token: "old", token_type: "Bearer", expires_in: 900, user: ada };
      answer = () => response.end(JSON.stringify(old));
    });
    const token = tab.getToken().catch(() => "none");
    await vi.waitFor(() => expect(server.asked).toEqual(["POST refresh"]));
    server.endSessions();
    tab.restore();
    answer();
    expect(await token).toBe("none");
    expect(tab.getState()).toEqual(nobody);
  });

  test("shows the new user when another one has signed in since", async () => {
    const tab = await browser.rendered();
    const other = browser.open(ada);
    tab.close();
    await other.login({ username: "grace", password: "right" });
    const back = browser.open(ada);
    back.restore();
    await vi.waitFor(() => expect(back.getState().user).toEqual(grace));
  });
});
