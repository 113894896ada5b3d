import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type AuthServer,
  ada,
  type Handler,
  hangUp,
  page,
  problem,
  startServer,
} from "./client-server.ts";
import { holdTime, minute, openBrowser, pass, rejection, type Tab } from "./client-world.ts";

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

describe("when a refresh does not succeed", () => {
  test("a superseded cookie is tried once more, after its successor has had time to arrive", async () => {
    const tab = await browser.rendered();
    server.next("POST refresh", problem(409, "refresh_superseded"));
    const before = performance.now();
    expect(await tab.getToken()).toMatch(/^token-/);
    expect(performance.now() - before).toBeGreaterThanOrEqual(500);
    expect(server.asked).toEqual(["POST refresh", "POST refresh"]);
  });

  const mishaps = [
    ["the connection breaks", hangUp, "network_error"],
    ["the database is unreachable", problem(503, "unavailable"), "unavailable"],
    ["the server fails", problem(500, "internal_error"), "internal_error"],
    ["a proxy shows its own error page", page(502), "unavailable"],
    ["a hotel shows its login page", page(200), "unavailable"],
    ["the response has no body", (_, response) => response.end(), "unavailable"],
    ["a proxy asks for its own password", page(401), "unavailable"],
    ["the client sent too many requests", problem(429, "too_many_attempts"), "too_many_attempts"],
  ] satisfies [string, Handler, string][];

  test.each(mishaps)("%s: the user stays signed in", async (_, mishap, code) => {
    const tab = await browser.rendered();
    server.next("POST refresh", mishap);
    const error = await rejection(tab.getToken());
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/\.$/);
    expect(tab.getState()).toEqual({ status: "authenticated", user: ada });
    expect(tab.events.at(-1)).toEqual({ type: "refresh_failed", tab: "this", code });
    await pass(1_500);
    expect(await tab.getToken()).toMatch(/^token-/);
  });

  test("the client gives up after 15 seconds, body included", async () => {
    vi.spyOn(AbortSignal, "timeout").mockImplementation((duration) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), duration);
      return controller.signal;
    });
    const tab = await browser.rendered();
    server.next("POST refresh", (_, response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.write('{"access_token":');
    });
    const settled = vi.fn();
    const error = rejection(tab.getToken()).finally(settled);
    await vi.waitFor(() => expect(server.asked).toHaveLength(1));
    await pass(14_000);
    expect(settled).not.toHaveBeenCalled();
    await pass(2_000);
    expect((await error).code).toBe("network_error");
    expect(tab.getState().status).toBe("authenticated");
  });

  test("the client tries again by itself, less and less often", async () => {
    const tab = await browser.rendered();
    for (let outage = 0; outage < 4; outage += 1) {
      server.next("POST refresh", problem(503, "unavailable"));
    }
    await rejection(tab.getToken());
    // 1, 2, 4 and 8 seconds, plus up to a quarter.
    await pass(1_500);
    expect(server.asked).toHaveLength(2);
    await pass(3_000);
    expect(server.asked).toHaveLength(3);
    await pass(5_500);
    expect(server.asked).toHaveLength(4);
    await pass(10_500);
    expect(server.asked).toHaveLength(5);
    expect(tab.events.at(-1)?.type).toBe("token_received");
  });

  test("the client waits for Retry-After", async () => {
    const tab = await browser.rendered();
    server.next("POST refresh", problem(429, "too_many_attempts", {}, { "Retry-After": "120" }));
    expect((await rejection(tab.getToken())).retryAfter).toBe(120);
    await pass(119_000);
    expect(server.asked).toHaveLength(1);
    await pass(60_000);
    expect(server.asked).toHaveLength(2);
  });

  // case: supabase/supabase-js#2145
  test("a hundred calls during an outage make one request in each pause", async () => {
    const tab = await browser.rendered();
    for (let outage = 0; outage < 100; outage += 1) {
      server.next("POST refresh", problem(503, "unavailable"));
    }
    for (let call = 0; call < 100; call += 1) {
      expect((await rejection(tab.fetch("/api/ping"))).code).toBe("unavailable");
      await pass(100);
    }
    // Ten seconds: at once, then after 1, 2 and 4 seconds, each plus up to a quarter.
    expect(server.asked).toEqual(Array(server.asked.length).fill("POST refresh"));
    expect(server.asked.length).toBeGreaterThanOrEqual(3);
    expect(server.asked.length).toBeLessThanOrEqual(4);
    expect(tab.getState()).toEqual({ status: "authenticated", user: ada });
  });

  test.each([
    ["a status", problem(429, "too_many_attempts", {}, { "Retry-After": "120" }), 100],
    ["a broken connection", hangUp, 500],
  ] satisfies [string, Handler, number][])(
    "after %s calls fail at once, with the same error, and send nothing",
    async (_, mishap, duration) => {
      const tab = await browser.rendered();
      server.next("POST refresh", mishap);
      const first = await rejection(tab.getToken());
      await pass(duration);
      expect(await rejection(tab.getToken())).toBe(first);
      expect(server.asked).toEqual(["POST refresh"]);
    },
  );

  test.each([
    ["the network is back", () => browser.goOnline()],
    [
      "the page becomes visible",
      (tab: Tab) => {
        tab.hide();
        tab.show();
      },
    ],
  ] satisfies [string, (tab: Tab) => void][])("calls are sent again when %s", async (_, lift) => {
    const tab = await browser.rendered();
    server.next("POST refresh", problem(503, "unavailable", {}, { "Retry-After": "120" }));
    await rejection(tab.getToken());
    lift(tab);
    expect(await tab.getToken()).toMatch(/^token-/);
    expect(server.asked).toEqual(["POST refresh", "POST refresh"]);
  });

  test("a page that is hidden waits on", async () => {
    const tab = await browser.rendered();
    server.next("POST refresh", problem(503, "unavailable", {}, { "Retry-After": "120" }));
    await rejection(tab.getToken());
    tab.hide();
    await rejection(tab.getToken());
    expect(server.asked).toEqual(["POST refresh"]);
  });

  test("signing in and out is never held back", async () => {
    const tab = await browser.rendered();
    const unavailable = problem(503, "unavailable", {}, { "Retry-After": "120" });
    server.next("POST refresh", unavailable);
    await rejection(tab.getToken());
    await tab.login({ username: "grace", password: "right" });
    expect(await tab.getToken()).toMatch(/^token-/);
    tab.dropToken();
    await pass(2_000);
    server.next("POST refresh", unavailable);
    await rejection(tab.getToken());
    await tab.logout();
    expect(server.sessions()).toBe(0);
    expect(server.asked).toEqual(["POST refresh", "POST login", "POST refresh", "POST logout"]);
    expect((await rejection(tab.getToken())).code).toBe("signed_out");
  });

  test("the client tries at once when the network is back", async () => {
    const tab = await browser.rendered();
    browser.goOffline();
    expect((await rejection(tab.getToken())).code).toBe("network_error");
    await pass(10 * minute);
    browser.goOnline();
    await vi.waitFor(() => expect(tab.events.at(-1)?.type).toBe("token_received"), 500);
  });

  test("a 401 signs out every tab and says why", async () => {
    const tab = await browser.rendered();
    const other = browser.open(ada);
    server.endSessions();
    expect((await rejection(tab.getToken())).code).toBe("session_revoked");
    const ended = { type: "signed_out", code: "session_revoked" };
    expect(tab.events.at(-1)).toEqual({ ...ended, tab: "this" });
    expect(tab.getState()).toEqual({ status: "anonymous", user: null });
    await vi.waitFor(() => expect(other.events.at(-1)).toEqual({ ...ended, tab: "other" }));
    expect(other.getState()).toEqual({ status: "anonymous", user: null });
  });
});
