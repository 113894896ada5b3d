/** Renaming the product breaks no session, key or cookie: these names do not follow from it. */

import { hkdfSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readConfig } from "#lib/config/index.ts";
import { Keyring, type Purpose } from "#lib/crypto/keyring.ts";
import { deviceCookieName } from "#lib/http/cookies.ts";
import * as protocol from "#lib/protocol.ts";

const AUTH_SECRET = "s".repeat(32);

test("every name that is in use has the value that is in use", () => {
  expect({ ...protocol }).toEqual({
    keyLabels: {
      "refresh token": "latchkey refresh token",
      "device cookie": "latchkey known browser",
      "sign-up cookie": "latchkey sign-up",
      "form flash": "latchkey form flash",
      "forwarded address": "latchkey forwarded address",
      "seal id": "latchkey seal id",
      "signing key": "latchkey signing key",
      "rate limit key": "latchkey rate limit key",
      mail: "latchkey mail",
      "mail code": "latchkey mail code",
    },
    refreshCookieName: "refresh_token",
    deviceCookieName: "known_browser",
    flashCookieName: "form_flash",
    requestCookieName: "mail_request",
    signUpCookieName: "sign_up",
    hostPrefix: "__Host-",
    securePrefix: "__Secure-",
    headerPrefix: "x-latchkey-",
    forwardedAddressHeader: "x-latchkey-forwarded",
    peerAddressHeader: "x-latchkey-peer",
    pathHeader: "x-latchkey-path",
    clientId: "latchkey",
    accessTokenType: "at+jwt",
    lockName: "latchkey",
    channelName: "latchkey",
    pendingLogoutKey: "latchkey.logout_owed",
    globalPrefix: "latchkey.",
  });
});

test("the names depend on no other file", () => {
  const source = readFileSync(new URL("../../lib/protocol.ts", import.meta.url), "utf8");
  expect(source).not.toMatch(/^import\b|\bfrom "|\bimport\(|\brequire\(|\bprocess\.env/m);
});

test.each(Object.entries(protocol.keyLabels))(
  "the key for %s is HKDF-SHA-256 without a salt, and its label is %j",
  async (purpose, label) => {
    const older = "o".repeat(40);
    const keys = await new Keyring([AUTH_SECRET, older]).keys(purpose as Purpose);
    const expected = [AUTH_SECRET, older].map((secret) =>
      Buffer.from(hkdfSync("sha256", secret, "", label, 32)).toString("hex"),
    );
    expect(keys.map((key) => Buffer.from(key).toString("hex"))).toEqual(expected);
  },
);

test("a seal names its password by the first four bytes of a derived key", async () => {
  const id = new DataView(hkdfSync("sha256", AUTH_SECRET, "", "latchkey seal id", 4)).getUint32(0);
  const key = Buffer.from(hkdfSync("sha256", AUTH_SECRET, "", "latchkey mail", 32));
  expect(await new Keyring([AUTH_SECRET]).sealPasswords("mail")).toEqual({
    [id]: key.toString("base64url"),
  });
});

const APP_URL = "https://www.example.com";
const JWT_COOKIE_DOMAIN = "example.com";

// Red team 19: a prefix wherever browsers take one.
test.each([
  ["production", { APP_URL }, "__Host-refresh_token", "__Host-known_browser"],
  [
    "production",
    { APP_URL, JWT_COOKIE_DOMAIN },
    "__Secure-refresh_token",
    "__Secure-known_browser",
  ],
  ["production", { APP_URL, JWT_COOKIE_NAME: "session" }, "session", "__Host-known_browser"],
  ["production", {}, "refresh_token", "known_browser"],
  ["development", {}, "refresh_token", "known_browser"],
])("the cookies in %s with %j are %s and %s", (NODE_ENV, environment, refresh, device) => {
  const config = readConfig({ AUTH_SECRET, NODE_ENV, ...environment });
  expect([config.cookie.name, deviceCookieName(config)]).toEqual([refresh, device]);
});
