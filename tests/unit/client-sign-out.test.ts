import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type AuthServer, ada, grace, page, problem, startServer } from "./client-server.ts";
import { holdTime, minute, openBrowser, pass, rejection } from "./client-world.ts";

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

describe("logout", () => {
  test("signs out at once and tells the server", async () => {
    const tab = await browser.signedIn();
    const told = tab.logout();
    expect(tab.getState()).toEqual(nobody);
    await told;
    expect(server.sessions()).toBe(0);
    expect(tab.events.at(-1)).toEqual({ type: "signed_out", tab: "this", code: undefined });
    expect((await rejection(tab.getToken())).code).toBe("signed_out");
  });

  test("signs out every tab before the server has responded", async () => {
    const tab = await browser.signedIn();
    const other = browser.open(ada);
    let answer = () => {};
    server.next("POST logout", (_, response) => {
      answer = () => response.writeHead(204).end();
    });
    const told = tab.logout();
    await vi.waitFor(() => expect(other.getState()).toEqual(nobody));
    expect(other.events).toEqual([{ type: "signed_out", tab: "other", code: undefined }]);
    await vi.waitFor(() => expect(server.asked).toEqual(["POST logout"]));
    answer();
    await told;
    expect(server.asked).toEqual(["POST logout"]);
  });

  test("has reached the server when another tab that hears of it gets the lock", async () => {
    const tab = await browser.signedIn();
    const other = browser.open(ada);
    const sessions = new Promise<number>((resolve) => {
      other.subscribe(() => navigator.locks.request("latchkey", () => resolve(server.sessions())));
    });
    await tab.logout();
    expect(await sessions).toBe(0);
  });

  test("wins over a refresh that is under way", async () => {
    const tab = await browser.rendered();
    const other = browser.open(ada);
    let answer = () => {};
    server.next("POST refresh", (_, response) => {
      const late = { access_token: "late", token_type: "Bearer", expires_in: 900, user: ada };
      answer = () => response.end(JSON.stringify(late));
    });
    const token = rejection(tab.getToken());
    await vi.waitFor(() => expect(server.asked).toEqual(["POST refresh"]));
    const told = tab.logout();
    answer();
    expect((await token).code).toBe("signed_out");
    await told;
    expect(tab.getState()).toEqual(nobody);
    await vi.waitFor(() => expect(other.getState()).toEqual(nobody));
    expect(server.sessions()).toBe(0);
  });

  test("wins over a sign-in that is under way", async () => {
    const tab = await browser.signedIn();
    let answer = () => {};
    server.next("POST login", (_, response) => {
      const late = { access_token: "late", token_type: "Bearer", expires_in: 900, user: grace };
      answer = () => response.end(JSON.stringify(late));
    });
    const login = tab.login({ username: "grace", password: "right" });
    await vi.waitFor(() => expect(server.asked).toEqual(["POST login"]));
    const told = tab.logout();
    answer();
    await Promise.all([login, told]);
    expect(tab.getState()).toEqual(nobody);
    expect(server.sessions()).toBe(0);
  });

  test("is not undone by another tab's fresh token that crossed it on its way", async () => {
    const tab = await browser.signedIn();
    await tab.logout();
    const other = new BroadcastChannel("latchkey");
    const answer = { access_token: "late", token_type: "Bearer", expires_in: 900, user: ada };
    other.postMessage({ type: "token_received", answer });
    await pass(1_000);
    other.close();
    expect(tab.getState()).toEqual(nobody);
  });

  test("may be clicked twice, and by a visitor who is signed out", async () => {
    const tab = await browser.signedIn();
    await Promise.all([tab.logout(), tab.logout()]);
    await tab.logout();
    expect(tab.getState()).toEqual(nobody);
    expect(tab.events.filter(({ type }) => type === "signed_out")).toHaveLength(1);
  });
});

describe("whenSignedOut", () => {
  test("resolves in every tab once the server has been told, and not before", async () => {
    const tab = await browser.signedIn();
    const other = browser.open(ada);
    let answer = () => {};
    server.next("POST logout", (_, response) => {
      answer = () => response.writeHead(204).end();
    });
    const resolved: string[] = [];
    tab.logout();
    tab.whenSignedOut().then(() => resolved.push("tab"));
    await vi.waitFor(() => expect(other.getState()).toEqual(nobody));
    other.whenSignedOut().then(() => resolved.push("other"));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(resolved).toEqual([]);
    answer();
    await vi.waitFor(() => expect(resolved.sort()).toEqual(["other", "tab"]));
  });

  test("resolves three seconds later at the latest, and never rejects", async () => {
    const tab = await browser.signedIn();
    let answer = () => {};
    server.next("POST logout", (request, response) => {
      answer = () => problem(503, "unavailable")(request, response);
    });
    const told = tab.logout();
    const resolved = vi.fn();
    const waiting = tab.whenSignedOut().then(resolved);
    await vi.waitFor(() => expect(server.asked).toEqual(["POST logout"]));
    await vi.advanceTimersByTimeAsync(2_500);
    expect(resolved).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(resolved).toHaveBeenCalled();
    answer();
    await Promise.all([told, waiting]);
  });

  test("resolves soon when no tab is signing out", async () => {
    const tab = browser.open(null);
    await tab.whenSignedOut();
    expect(server.asked).toEqual([]);
  });
});

describe("logout without the server", () => {
  test("is completed when the network returns", async () => {
    const tab = await browser.signedIn();
    browser.goOffline();
    await tab.logout();
    expect(tab.getState()).toEqual(nobody);
    expect(server.sessions()).toBe(1);
    browser.goOnline();
    await vi.waitFor(() => expect(server.sessions()).toBe(0));
  });

  test.each([
    ["is overloaded", problem(503, "unavailable")],
    ["hides behind a hotel's login page", page(200)],
  ])("is sent again automatically when the server %s", async (_, mishap) => {
    const tab = await browser.signedIn();
    server.next("POST logout", mishap);
    server.next("POST logout", mishap);
    await tab.logout();
    expect(server.sessions()).toBe(1);
    await pass(5_000);
    expect(server.sessions()).toBe(0);
    expect(server.asked).toEqual(["POST logout", "POST logout", "POST logout"]);
    await pass(10 * minute);
    expect(server.asked).toHaveLength(3);
  });

  test("survives a closed browser: the next page has no user, whatever the server rendered", async () => {
    const tab = await browser.signedIn();
    browser.goOffline();
    await tab.logout();
    tab.close();
    const next = browser.open(ada);
    expect(next.getState()).toEqual(nobody);
    expect(next.events).toEqual([]);
    expect((await rejection(next.getToken())).code).toBe("signed_out");
    browser.goOnline();
    await vi.waitFor(() => expect(server.sessions()).toBe(0));
    expect(server.asked).toEqual(["POST logout"]);
  });

  test("leaves a flag without any secret until the server knows", async () => {
    const tab = await browser.signedIn();
    browser.goOffline();
    await tab.logout();
    expect([...browser.stored]).toEqual([["latchkey.logout_owed", "1"]]);
    browser.goOnline();
    await vi.waitFor(() => expect([...browser.stored]).toEqual([]));
  });

  test("is cleared by the next sign-in, which ends the old session", async () => {
    const tab = await browser.signedIn();
    server.next("POST logout", problem(503, "unavailable"));
    await tab.logout();
    await tab.login({ username: "grace", password: "right" });
    await pass(10 * minute);
    expect(server.asked).toEqual(["POST logout", "POST login"]);
    expect(tab.getState().user).toEqual(grace);
    expect(browser.open(grace).getState().user).toEqual(grace);
  });

  test("is still pending after a sign-in that failed", async () => {
    const tab = await browser.signedIn();
    server.next("POST logout", problem(503, "unavailable"));
    await tab.logout();
    await rejection(tab.login({ username: "grace", password: "wrong" }));
    await pass(5_000);
    expect(server.sessions()).toBe(0);
  });

  test("is finished even where storage is blocked", async () => {
    browser = openBrowser(server, { storage: false });
    const tab = await browser.signedIn();
    browser.goOffline();
    await tab.logout();
    browser.goOnline();
    await vi.waitFor(() => expect(server.sessions()).toBe(0));
  });
});
