import {
  unstable_doesMiddlewareMatch as doesMatch,
  unstable_getResponseFromNextConfig as respondTo,
} from "next/experimental/testing/server";
import { expect, test } from "vitest";
import { policyOfNothing } from "#lib/http/csp.ts";
import { config } from "../../middleware.ts";
import nextConfig from "../../next.config.js";

// Red team 17
test.each([
  ["/", "page"],
  ["/me", "page"],
  ["/api", "file"],
  ["/api/auth/login", "file"],
  ["/apix", "page"],
  ["/icon.svg", "file"],
  ["/icon.svgX", "page"],
  ["/icon.svg/x", "page"],
  ["/iconxsvg", "page"],
  ["/favicon.ico", "page"],
  ["/favicon.icoX", "page"],
  ["/.well-known/jwks.json", "file"],
  ["/.well-known/change-password", "file"],
  ["/.well-known/x", "page"],
  ["/.well-known/jwks.json/x", "page"],
  ["/xwell-known/jwks.json", "page"],
  ["/_next/static/chunks/a.js", "file"],
  ["/_next/image", "page"],
  ["/_next/staticX", "page"],
])("%s gets the policy of a %s, and one only", async (path, kind) => {
  const url = new URL(path, "https://www.example.com").href;
  const response = await respondTo({ url, nextConfig });
  expect(doesMatch({ config, nextConfig, url })).toBe(kind === "page");
  const policy = response.headers.get("content-security-policy");
  expect(policy).toBe(kind === "page" ? null : policyOfNothing);
});
