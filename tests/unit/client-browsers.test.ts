import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type AuthServer, ada, problem, startServer } from "./client-server.ts";
import { holdTime, openBrowser, pass, rejection } from "./client-world.ts";

let server: AuthServer;

beforeEach(async () => {
  holdTime();
  server = await startServer();
});

afterEach(async () => {
  await server.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a lock that a frozen tab holds", () => {
  let thaw = () => {};

  beforeEach(async () => {
    await new Promise<void>((granted) => {
      const frozen = new Promise<void>((resolve) => {
        thaw = resolve;
      });
      navigator.locks.request("latchkey", () => {
        granted();
        return frozen;
      });
    });
    vi.spyOn(AbortSignal, "timeout").mockImplementation((duration) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), duration);
      return controller.signal;
    });
  });

  afterEach(() => {
    thaw();
    vi.restoreAllMocks();
  });

  test("delays a sign-in by ten seconds at most", async () => {
    const browser = openBrowser(server);
    const tab = browser.open(null);
    const login = tab.login({ username: "ada", password: "right" });
    await pass(9_000);
    expect(server.asked).toEqual([]);
    await pass(2_000);
    expect(await login).toEqual(ada);
    browser.close();
  });
});

test("without Web Locks, a tab still sends one request after the other", async () => {
  const browser = openBrowser(server, { locks: false });
  const tab = await browser.rendered();
  let answer = () => {};
  server.next("POST refresh", (request, response) => {
    answer = () => problem(503, "unavailable")(request, response);
  });
  const token = rejection(tab.getToken());
  const login = tab.login({ username: "ada", password: "right" });
  await vi.waitFor(() => expect(server.asked).toEqual(["POST refresh"]));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(server.asked).toEqual(["POST refresh"]);
  answer();
  expect((await token).code).toBe("unavailable");
  expect(await login).toEqual(ada);
  expect(server.asked).toEqual(["POST refresh", "POST login"]);
  await tab.logout();
  expect(server.sessions()).toBe(0);
  browser.close();
});

test("without BroadcastChannel, each tab works on its own", async () => {
  vi.stubGlobal("BroadcastChannel", undefined);
  const browser = openBrowser(server);
  const tab = await browser.signedIn();
  expect(await tab.getToken()).toMatch(/^token-/);
  await tab.logout();
  expect(server.sessions()).toBe(0);
  browser.close();
});

// case: mozilla/fxa#2347
describe("a browser that blocks all cookies", () => {
  const refuse = () => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  };

  beforeEach(() => {
    // Firefox throws where BroadcastChannel is created, and rejects requests for a lock.
    vi.stubGlobal(
      "BroadcastChannel",
      class {
        constructor() {
          refuse();
        }
      },
    );
    vi.spyOn(navigator.locks, "request").mockImplementation(async () => refuse());
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  test("still shows its pages, and a sign-in says that cookies are refused", async () => {
    const browser = openBrowser(server, { cookies: false, storage: false });
    const tab = browser.open();
    await vi.waitFor(() => expect(tab.getState().status).toBe("anonymous"));
    const error = await rejection(tab.login({ username: "ada", password: "right" }));
    expect(error.code).toBe("cookie_refused");
    expect(error.message).toMatch(/does not keep the sign-in cookie/);
    browser.close();
  });

  test("but lets the cookies of this site through: signs in, calls, renews and signs out", async () => {
    const browser = openBrowser(server, { storage: false });
    const tab = browser.open(null);
    expect(await tab.login({ username: "ada", password: "right" })).toEqual(ada);
    expect((await tab.fetch("/api/ping")).status).toBe(200);
    tab.dropToken();
    await pass(2_000);
    expect(await tab.getToken()).toMatch(/^token-/);
    await tab.whenSignedOut();
    await tab.logout();
    expect(server.sessions()).toBe(0);
    browser.close();
  });
});

test("a client can be stopped and started again, as React's strict mode does", async () => {
  const browser = openBrowser(server);
  const tab = browser.open(null);
  const other = browser.open(null);
  tab.close();
  const stop = tab.start();
  await other.login({ username: "ada", password: "right" });
  await vi.waitFor(() => expect(tab.getState().user).toEqual(ada));
  stop();
  await other.logout();
  await pass(1_000);
  expect(tab.getState().user).toEqual(ada);
  browser.close();
});
