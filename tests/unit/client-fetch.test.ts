import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type AuthServer, ada, hangUp, problem, refused, startServer } from "./client-server.ts";
import { holdTime, openBrowser, rejection } from "./client-world.ts";

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

const post = (body: string) => ({ method: "POST", body });

describe("fetch", () => {
  test("sends the access token", async () => {
    const tab = await browser.signedIn();
    const response = await tab.fetch("/api/ping");
    expect(await response.text()).toContain(await tab.getToken());
    expect(server.asked).toEqual(["GET ping"]);
  });

  test("gets a token first when the tab has none", async () => {
    const tab = await browser.rendered();
    expect((await tab.fetch("/api/ping")).status).toBe(200);
    expect(server.asked).toEqual(["POST refresh", "GET ping"]);
  });

  test.each(["token_expired", "token_invalid"])(
    "refreshes once after %s and repeats the request with its body",
    async (code) => {
      const tab = await browser.signedIn();
      const old = await tab.getToken();
      server.next("POST ping", refused(code));
      const response = await tab.fetch("/api/ping", post("an important sentence"));
      const token = await tab.getToken();
      expect(await response.text()).toBe(`${token} sent an important sentence`);
      expect(token).not.toBe(old);
      expect(server.asked).toEqual(["POST ping", "POST refresh", "POST ping"]);
    },
  );

  test("refreshes once when several calls are refused together", async () => {
    const tab = await browser.signedIn();
    for (let call = 0; call < 3; call += 1) server.next("GET ping", refused("token_expired"));
    const calls = [1, 2, 3].map(() => tab.fetch("/api/ping"));
    const responses = await Promise.all(calls);
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(server.asked.filter((name) => name === "POST refresh")).toHaveLength(1);
  });

  test("passes a second refusal on to the caller", async () => {
    const tab = await browser.signedIn();
    server.next("GET ping", refused("token_invalid"));
    server.next("GET ping", refused("token_invalid"));
    expect((await tab.fetch("/api/ping")).status).toBe(401);
    expect(server.asked).toEqual(["GET ping", "POST refresh", "GET ping"]);
    expect(tab.getState().user).toEqual(ada);
  });

  test("passes a 401 that does not concern the token on to the caller", async () => {
    const tab = await browser.signedIn();
    server.next("GET ping", problem(401, "invalid_credentials"));
    expect((await tab.fetch("/api/ping")).status).toBe(401);
    expect(server.asked).toEqual(["GET ping"]);
  });

  test("signs out when it learns that the session has ended", async () => {
    const tab = await browser.signedIn();
    server.endSessions();
    await expect(tab.fetch("/api/ping")).rejects.toMatchObject({ code: "session_revoked" });
    expect(tab.getState().status).toBe("anonymous");
  });

  test("rejects as fetch does when the connection breaks", async () => {
    const tab = await browser.signedIn();
    server.next("GET ping", hangUp);
    await expect(tab.fetch("/api/ping")).rejects.toThrow(TypeError);
    expect(tab.getState().user).toEqual(ada);
  });

  test("can be aborted", async () => {
    const tab = await browser.signedIn();
    const signal = AbortSignal.abort();
    await expect(tab.fetch("/api/ping", { signal })).rejects.toThrow(
      expect.objectContaining({ name: "AbortError" }),
    );
  });

  test("accepts what fetch accepts: a path, a URL, a Request", async () => {
    const tab = await browser.signedIn();
    const url = new URL("/api/ping", server.origin);
    for (const input of ["/api/ping", url.href, url, new Request(url)]) {
      expect((await tab.fetch(input)).status).toBe(200);
    }
  });
});

describe("another origin", () => {
  test.each([
    "https://evil.example/api/ping",
    "//evil.example/api/ping",
    "/\\evil.example/api/ping",
    "http://127.0.0.1:1/api/ping",
    "data:text/plain,hello",
  ])("%s never receives the token", async (address) => {
    const tab = await browser.signedIn();
    await expect(tab.fetch(address)).rejects.toThrow(/The access token is for http/);
    expect(server.asked).toEqual([]);
  });

  test("receives every request, with cookie and token, when the API lives there", async () => {
    const home = openBrowser(server, { origin: "https://www.example.com" });
    const tab = home.open(null, server.origin);
    await tab.login({ username: "ada", password: "right" });
    tab.dropToken();
    expect((await tab.fetch("/api/ping")).status).toBe(200);
    // The refresh right after the sign-in checks that the browser kept the cookie.
    expect(server.asked).toEqual(["POST login", "POST refresh", "POST refresh", "GET ping"]);
    await expect(tab.fetch("https://www.example.com/api/ping")).rejects.toThrow(TypeError);
    home.close();
  });

  test("or not, login fails without a request in a browser that blocks all cookies", async () => {
    const home = openBrowser(server, { cookies: false });
    const tab = home.open(null);
    const error = await rejection(tab.login({ username: "ada", password: "right" }));
    expect(error.code).toBe("cookie_refused");
    expect(error.message).toContain("does not keep the sign-in cookie of 127.0.0.1:");
    expect(server.asked).toEqual([]);
    home.close();
  });

  test("whose cookie the browser drops makes login fail, and the error says so", async () => {
    const home = openBrowser(server, { origin: "https://www.example.com", foreignCookies: false });
    const tab = home.open(null, server.origin);
    const error = await rejection(tab.login({ username: "ada", password: "right" }));
    expect(error.code).toBe("cookie_refused");
    expect(error.message).toMatch(/does not keep the sign-in cookie of 127\.0\.0\.1/);
    expect(tab.getState()).toMatchObject({ user: null });
    home.close();
  });
});
