import { expect, test } from "vitest";
import { areCrossSite, covers, isPublicSuffix } from "#lib/config/same-site.ts";

test.each([
  ["https://www.example.com", "https://api.example.com", false],
  ["https://example.com", "https://api.example.com", false],
  ["https://www.example.com", "https://www.example.org", true],
  // Schemeful same-site: browsers compare the scheme as well.
  ["https://www.example.com", "http://www.example.com", true],
  ["https://one.vercel.app", "https://two.vercel.app", true],
  ["https://a.one.vercel.app", "https://one.vercel.app", false],
  ["https://one.github.io", "https://two.github.io", true],
  ["https://one.up.railway.app", "https://two.up.railway.app", true],
  ["https://shop.co.uk", "https://api.bank.co.uk", true],
  ["https://www.shop.co.uk", "https://api.shop.co.uk", false],
  ["https://co.uk", "https://co.uk", false],
  ["https://10.0.0.1", "https://20.0.0.1", true],
  ["http://localhost:3000", "http://localhost:4000", false],
])("%s and %s are of different sites: %s", (a, b, crossSite) => {
  expect(areCrossSite(a, b)).toBe(crossSite);
});

test.each([
  ["example.com", "https://example.com", true],
  [".Example.com", "https://api.example.com", true],
  ["example.com", "https://notexample.com", false],
  ["api.example.com", "https://example.com", false],
])("a cookie of the domain %s travels to %s: %s", (domain, origin, travels) => {
  expect(covers(domain, origin)).toBe(travels);
});

test("a domain shared by many sites is a public suffix", () => {
  expect(isPublicSuffix(".vercel.app")).toBe(true);
  expect(isPublicSuffix("com.au")).toBe(true);
  expect(isPublicSuffix("mine.vercel.app")).toBe(false);
});
