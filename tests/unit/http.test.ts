import { describe, expect, test } from "vitest";
import { deviceName } from "#lib/auth/device-name.ts";
import { RateLimitedError } from "#lib/auth/guard/rate-limits.ts";
import { readConfig } from "#lib/config/index.ts";
import { addressBucket, callerAddress } from "#lib/http/address.ts";
import { readCookies, setCookie } from "#lib/http/cookies.ts";
import { contentSecurityPolicy, newNonce } from "#lib/http/csp.ts";
import { requireOwnOrigin } from "#lib/http/origin.ts";
import { problemOf } from "#lib/http/problems.ts";

const AUTH_SECRET = "s".repeat(32);

describe("the caller's address", () => {
  const from = (peer: string, forwarded: string | undefined, proxies = "") => {
    const headers = new Headers({ "x-latchkey-peer": peer });
    if (forwarded !== undefined) headers.set("x-forwarded-for", forwarded);
    return callerAddress(headers, readConfig({ AUTH_SECRET, TRUSTED_PROXIES: proxies }));
  };

  test.each([
    ["is the peer's", "192.0.2.1", undefined, "", "192.0.2.1"],
    ["is the peer's, whatever it forwards", "192.0.2.1", "203.0.113.1", "", "192.0.2.1"],
    ["is IPv4 on a dual-stack socket", "::ffff:192.0.2.1", undefined, "", "192.0.2.1"],
    ["is what a trusted proxy forwards", "10.0.0.1", "203.0.113.1", "10.0.0.0/8", "203.0.113.1"],
    [
      "is the nearest address that is not a trusted proxy's",
      "10.0.0.1",
      "6.6.6.6, 203.0.113.1, 10.0.0.2",
      "10.0.0.0/8",
      "203.0.113.1",
    ],
    ["is the proxy's when it forwards none", "::1", undefined, "::1", "::1"],
    ["has no port", "10.0.0.1", "203.0.113.1:4711", "10.0.0.1", "203.0.113.1"],
    ["has no port in IPv6, either", "10.0.0.1", "[2001:db8::1]:4711", "10.0.0.1", "2001:db8::1"],
    ["needs no port in brackets", "10.0.0.1", "[2001:db8::1]", "10.0.0.1", "2001:db8::1"],
    [
      "skips a trusted proxy that comes with a port",
      "10.0.0.1",
      "203.0.113.1:1, 10.0.0.2:2",
      "10.0.0.0/8",
      "203.0.113.1",
    ],
    ["is the proxy's when the header is empty", "10.0.0.1", "", "10.0.0.1", "10.0.0.1"],
  ])("%s", (_, peer, forwarded, proxies, expected) => {
    expect(from(peer, forwarded, proxies)).toBe(expected);
  });

  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:db8:0:0:ffff::1", "2001:db8:0:0::/64"],
    ["2001:DB8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["unknown", "unknown"],
  ])("%s is counted as %s", (address, bucket) => {
    expect(addressBucket(address)).toBe(bucket);
  });
});

describe("cookies", () => {
  test("of one name are all read, and no others", () => {
    const header = "a=1; refresh_token=x; xrefresh_token=y; refresh_token=z; refresh_tokens=w";
    expect(readCookies(header, "refresh_token")).toEqual(["x", "z"]);
    expect(readCookies(null, "a")).toEqual([]);
  });

  test("for other sites are partitioned; all are HttpOnly", () => {
    expect(setCookie("a", "b", { secure: true, sameSite: "none", maxAge: 1.9 })).toBe(
      "a=b; Path=/; HttpOnly; SameSite=None; Secure; Max-Age=1; Partitioned",
    );
    expect(setCookie("a", "b", { secure: false, sameSite: "strict", domain: "example.com" })).toBe(
      "a=b; Path=/; HttpOnly; SameSite=Strict; Domain=example.com",
    );
  });
});

describe("the content security policy", () => {
  const policy = (NODE_ENV: string) =>
    contentSecurityPolicy("abc", readConfig({ AUTH_SECRET, NODE_ENV }));

  test("allows no inline script and no eval in production", () => {
    expect(policy("production")).toContain("script-src 'self' 'nonce-abc' 'strict-dynamic';");
    expect(policy("production")).not.toContain("unsafe");
    expect(policy("development")).toContain("'unsafe-eval'");
  });

  test("has a fresh nonce of 128 bits each time", () => {
    expect(newNonce()).toMatch(/^[\w+/]{22}==$/);
    expect(newNonce()).not.toBe(newNonce());
  });
});

describe("a page of an origin that no variable names", () => {
  const call = (headers: Record<string, string>, environment: Record<string, string>) => () => {
    const request = new Request("https://www.example.com/api", { method: "POST", headers });
    requireOwnOrigin(request, readConfig({ AUTH_SECRET, ...environment }), false);
  };
  const vercel = {
    VERCEL: "1",
    VERCEL_ENV: "production",
    VERCEL_PROJECT_PRODUCTION_URL: "example.com",
    DATABASE_URL: "postgres://localhost/db",
  };
  const page = { Origin: "https://www.example.com", "Sec-Fetch-Site": "same-origin" };

  test("may call its own origin on Vercel, which may name another domain", () => {
    expect(call(page, vercel)).not.toThrow();
  });

  // case: better-auth/better-auth#10944. An extension or a proxy adds `no-referrer`.
  test.each([vercel, { APP_URL: "https://www.example.com" }])(
    "may call without an Origin to go by, on the browser's word: %j",
    (environment) => {
      const opaque = { ...page, Origin: "null" };
      expect(call(opaque, environment)).not.toThrow();
      for (const site of ["cross-site", "same-site", "none", ""]) {
        const headers = { ...opaque, "Sec-Fetch-Site": site };
        expect(call(headers, environment)).toThrow(/not allowed/);
      }
      expect(call({ Origin: "null" }, environment)).toThrow(/not allowed/);
    },
  );

  test.each([
    ["from a sibling site", { ...page, "Sec-Fetch-Site": "same-site" }, vercel],
    ["without Sec-Fetch-Site", { Origin: page.Origin }, vercel],
    ["elsewhere, where APP_URL names the origin", page, { APP_URL: "https://example.com" }],
  ])("may not call %s", (_, headers, environment) => {
    expect(call(headers, environment)).toThrow(/not allowed/);
  });
});

test.each([
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
    "Chrome on Linux",
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Firefox on Windows",
  ],
  ["curl/8.5.0", "curl"],
  // Emails show this name: an attacker who signs up with another person's address must not be
  // able to write to that person with a User-Agent header.
  ["Go to http://evil.example/x y (z)", "Unknown device"],
  ["Your-account-is-locked: evil.example/1 ", "Unknown device"],
  ["evil.example/1.0", "Unknown device"],
  // red team 9
  ["Call-0800-123456-now/1", "Unknown device"],
  ["", "Unknown device"],
  ["\u0000", "Unknown device"],
])("the user agent %j is shown as %s", (userAgent, name) => {
  expect(deviceName(userAgent)).toBe(name);
});

test("who has failed too often is sent to the mailbox only where email is sent", () => {
  const advice = (mail: { smtpUrl: string; from: string } | undefined) =>
    problemOf(new RateLimitedError(60, true), { mail }).message;
  expect(advice({ smtpUrl: "smtp://localhost", from: "" })).toMatch(/by mail/);
  expect(advice(undefined)).not.toMatch(/mail/);
});
