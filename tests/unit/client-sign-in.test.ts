import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { VerificationRequired } from "#lib/client/auth-client.ts";
import { type AuthServer, ada, grace, hangUp, problem, startServer } from "./client-server.ts";
import { holdTime, openBrowser, rejection } from "./client-world.ts";

const right = { username: "ada", password: "right" };

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

describe("login", () => {
  test("resolves to the user and needs no other request for a token", async () => {
    const tab = browser.open(null);
    expect(await tab.login(right)).toEqual(ada);
    expect(tab.getState()).toEqual({ status: "authenticated", user: ada });
    expect(await tab.getToken()).toMatch(/^token-/);
    expect(server.asked).toEqual(["POST login"]);
    expect(tab.events).toEqual([{ type: "signed_in", tab: "this" }]);
  });

  test("signs in every tab, and the other tabs need no request of their own", async () => {
    const tab = browser.open(null);
    const other = browser.open(null);
    await tab.login(right);
    await vi.waitFor(() => expect(other.getState()).toEqual(tab.getState()));
    expect(other.events).toEqual([{ type: "signed_in", tab: "other" }]);
    expect(await other.getToken()).toBe(await tab.getToken());
    expect(server.asked).toEqual(["POST login"]);
  });

  test("of another user reaches every tab", async () => {
    const tab = await browser.signedIn();
    const other = browser.open(ada);
    await tab.login({ username: "grace", password: "right" });
    await vi.waitFor(() => expect(other.getState().user).toEqual(grace));
  });

  test("rejects with the code and the sentence of the response", async () => {
    const tab = browser.open(null);
    const error = await rejection(tab.login({ username: "ada", password: "wrong" }));
    expect(error).toMatchObject({
      code: "invalid_credentials",
      status: 401,
      message: "About invalid_credentials.",
    });
    expect(tab.getState().status).toBe("anonymous");
  });

  test("that fails leaves the signed-in user alone", async () => {
    const tab = await browser.signedIn();
    await rejection(tab.login({ username: "ada", password: "wrong" }));
    expect(tab.getState().user).toEqual(ada);
  });

  test("says when to try again", async () => {
    const tab = browser.open(null);
    const tooMany = problem(429, "too_many_attempts", {}, { "Retry-After": "90" });
    server.next("POST login", tooMany);
    const error = await rejection(tab.login(right));
    expect(error).toMatchObject({ code: "too_many_attempts", retryAfter: 90 });
  });

  test("says that the server cannot be reached", async () => {
    const tab = browser.open(null);
    server.next("POST login", hangUp);
    const error = await rejection(tab.login(right));
    expect(error).toMatchObject({ code: "network_error", status: undefined });
  });
});

describe("signup", () => {
  const input = { username: "ada", email: "ada@example.com", password: "right" };

  test("signs the new user in", async () => {
    const tab = browser.open(null);
    expect(await tab.signup(input)).toEqual(ada);
    expect(tab.getState().user).toEqual(ada);
    expect(server.asked).toEqual(["POST signup"]);
  });

  test("resolves to what is left to do when the address has to be verified first", async () => {
    const tab = browser.open(null);
    const next: VerificationRequired = { verification_required: true, email: ada.email };
    server.next("POST signup", (_, response) => response.end(JSON.stringify(next)));
    expect(await tab.signup(input)).toEqual(next);
    expect(tab.getState().status).toBe("anonymous");
  });

  test("names each field that is wrong", async () => {
    const tab = browser.open(null);
    const errors = [{ path: "password", message: "Use at least 8 characters." }];
    server.next("POST signup", problem(422, "validation_failed", { errors }));
    expect(await rejection(tab.signup(input))).toMatchObject({ code: "validation_failed", errors });
  });
});

describe("updateUser", () => {
  test("shows a changed profile in every tab", async () => {
    const tab = await browser.signedIn();
    const other = browser.open(ada);
    const countess = { ...ada, name: "Countess of Lovelace" };
    tab.updateUser(countess);
    expect(tab.getState().user).toEqual(countess);
    await vi.waitFor(() => expect(other.getState().user).toEqual(countess));
  });

  test("does not sign a user in", () => {
    const tab = browser.open(null);
    tab.updateUser(ada);
    expect(tab.getState().status).toBe("anonymous");
  });
});

describe("the state", () => {
  test("stays the same object while a refresh brings nothing new", async () => {
    const tab = await browser.rendered();
    const before = tab.getState();
    await tab.getToken();
    expect(tab.getState()).toBe(before);
  });

  test("is not published to a listener that has unsubscribed", async () => {
    const tab = browser.open(null);
    const listener = vi.fn();
    tab.subscribe(listener)();
    await tab.login(right);
    expect(listener).not.toHaveBeenCalled();
  });
});

describe("an answer that a sign-in has overtaken", () => {
  // Web Locks keep these in order; without them, the answers may cross.
  beforeEach(() => {
    browser = openBrowser(server, { locks: false });
  });

  test("does not sign the new user out", async () => {
    const tab = await browser.rendered();
    const other = browser.open(ada);
    let answer = () => {};
    server.next("POST refresh", (request, response) => {
      answer = () => problem(401, "session_revoked")(request, response);
    });
    const token = tab.getToken();
    await vi.waitFor(() => expect(server.asked).toEqual(["POST refresh"]));
    await other.login({ username: "grace", password: "right" });
    await vi.waitFor(() => expect(tab.getState().user).toEqual(grace));
    answer();
    expect(await token).toBe(await other.getToken());
    expect(tab.getState().user).toEqual(grace);
    expect(other.getState().user).toEqual(grace);
  });

  test("does not bring the old user back", async () => {
    const tab = await browser.rendered();
    const other = browser.open(ada);
    let answer = () => {};
    server.next("POST refresh", (_, response) => {
      const old = { access_token: "old", token_type: "Bearer", expires_in: 900, user: ada };
      answer = () => response.end(JSON.stringify(old));
    });
    const token = tab.getToken();
    await vi.waitFor(() => expect(server.asked).toEqual(["POST refresh"]));
    await other.login({ username: "grace", password: "right" });
    await vi.waitFor(() => expect(tab.getState().user).toEqual(grace));
    answer();
    expect(await token).toBe(await other.getToken());
    expect(tab.getState().user).toEqual(grace);
  });
});
