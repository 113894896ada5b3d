import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type AuthServer,
  ada,
  hangUp,
  page,
  problem,
  refused,
  startServer,
} from "./client-server.ts";
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

  test("gets a token first when there is none", async () => {
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

  test("returns a second refusal", async () => {
    const tab = await browser.signedIn();
    server.next("GET ping", refused("token_invalid"));
    server.next("GET ping", refused("token_invalid"));
    expect((await tab.fetch("/api/ping")).status).toBe(401);
    expect(server.asked).toEqual(["GET ping", "POST refresh", "GET ping"]);
    expect(tab.getState().user).toEqual(ada);
  });

  test("returns a 401 that has nothing to do with the token", async () => {
    const tab = await browser.signedIn();
    server.next("GET ping", problem(401, "invalid_credentials"));
    expect((await tab.fetch("/api/ping")).status).toBe(401);
    expect(server.asked).toEqual(["GET ping"]);
  });

  test("signs out when it finds the session ended", async () => {
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

describe("request", () => {
  test("sends JSON with the access token, and resolves to the parsed answer", async () => {
    const tab = await browser.signedIn();
    const token = await tab.getToken();
    server.next("PATCH ping", (request, response, body) => {
      const { authorization, "content-type": type } = request.headers;
      response.end(JSON.stringify({ authorization, type, body: JSON.parse(body) }));
    });
    expect(await tab.request("PATCH", "/api/ping", { name: "Ada" })).toEqual({
      authorization: `Bearer ${token}`,
      type: "application/json",
      body: { name: "Ada" },
    });
  });

  test("resolves to undefined for a 204", async () => {
    const tab = await browser.signedIn();
    server.next("DELETE ping", (_, response) => response.writeHead(204).end());
    expect(await tab.request("DELETE", "/api/ping")).toBeUndefined();
  });

  test("refreshes a refused token once and sends everything again", async () => {
    const tab = await browser.signedIn();
    server.next("POST ping", refused("token_expired"));
    server.next("POST ping", (_, response, body) => response.end(body));
    expect(await tab.request("POST", "/api/ping", { word: "once" })).toEqual({ word: "once" });
    expect(server.asked).toEqual(["POST ping", "POST refresh", "POST ping"]);
  });

  test("rejects with the API's code, its fields and its Retry-After", async () => {
    const tab = await browser.signedIn();
    const errors = [{ path: "name", message: "Use at most 150 characters." }];
    server.next("POST ping", problem(422, "validation_failed", { errors }, { "Retry-After": "5" }));
    const error = await rejection(tab.request("POST", "/api/ping", {}));
    expect(error).toMatchObject({ code: "validation_failed", status: 422, errors, retryAfter: 5 });
  });

  test("rejects with a code of its own when there is no answer, or one from a proxy", async () => {
    const tab = await browser.signedIn();
    server.next("GET ping", hangUp);
    const error = await rejection(tab.request("GET", "/api/ping"));
    expect(error).toMatchObject({ code: "network_error", status: undefined });
    server.next("GET ping", page(200));
    expect((await rejection(tab.request("GET", "/api/ping"))).code).toBe("unavailable");
  });

  test("rejects with the reason when it can get no token", async () => {
    const tab = browser.open(null);
    expect((await rejection(tab.request("GET", "/api/ping"))).code).toBe("signed_out");
    expect(server.asked).toEqual([]);
  });

  test("without a token needs no session, and leaves an existing one alone", async () => {
    for (const tab of [browser.open(null), await browser.rendered()]) {
      server.asked.length = 0;
      server.next("POST forgot", ({ headers }, response, body) => {
        response.end(JSON.stringify({ token: headers.authorization ?? null, ...JSON.parse(body) }));
      });
      const answer = tab.request("POST", "/api/forgot", { email: ada.email }, { bearer: false });
      expect(await answer).toEqual({ token: null, email: ada.email });
      expect(server.asked).toEqual(["POST forgot"]);
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
  ])("%s never sees the token", async (address) => {
    const tab = await browser.signedIn();
    await expect(tab.fetch(address)).rejects.toThrow(/The access token is for http/);
    expect(server.asked).toEqual([]);
  });

  test("receives the cookie and the token when the API lives there", async () => {
    const home = openBrowser(server, { origin: "https://www.example.com" });
    const tab = home.open(null, server.origin);
    await tab.login({ username: "ada", password: "right" });
    tab.dropToken();
    expect((await tab.fetch("/api/ping")).status).toBe(200);
    // The refresh after the login checks that the browser has kept the cookie.
    expect(server.asked).toEqual(["POST login", "POST refresh", "POST refresh", "GET ping"]);
    await expect(tab.fetch("https://www.example.com/api/ping")).rejects.toThrow(TypeError);
    home.close();
  });

  test("does not matter in a browser without cookies: sign-in says so before it sends anything", async () => {
    const home = openBrowser(server, { cookies: false });
    const tab = home.open(null);
    const error = await rejection(tab.login({ username: "ada", password: "right" }));
    expect(error.code).toBe("cookie_refused");
    expect(error.message).toContain("does not keep the sign-in cookie of 127.0.0.1:");
    expect(server.asked).toEqual([]);
    home.close();
  });

  test("whose cookie the browser drops: sign-in says so, and signs nobody in", async () => {
    const home = openBrowser(server, { origin: "https://www.example.com", foreignCookies: false });
    const tab = home.open(null, server.origin);
    const error = await rejection(tab.login({ username: "ada", password: "right" }));
    expect(error.code).toBe("cookie_refused");
    expect(error.message).toMatch(/does not keep the sign-in cookie of 127\.0\.0\.1/);
    expect(tab.getState()).toMatchObject({ user: null });
    home.close();
  });
});
