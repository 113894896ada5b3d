import fc from "fast-check";
import { expect, test } from "vitest";
import { safeNext } from "#lib/safe-next.ts";

test.each(["/ping", "/sessions?from=mail", "/me#name", "/a/b/../c", "/a%20b"])(
  "safeNext follows %s, a path of this site",
  (path) => {
    const url = new URL(path, "https://www.example.com");
    expect(safeNext(path)).toBe(url.pathname + url.search + url.hash);
  },
);

test.each([
  "https://evil.example",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/.//evil.example",
  "/..//evil.example",
  "/./\\evil.example",
  "javascript:alert(1)",
  "data:text/html,x",
  " /ping",
  "ping",
  "",
  "/api/auth/logout",
  `/${"a".repeat(3000)}`,
  undefined,
  null,
  ["/ping"],
])("safeNext does not follow %j", (value) => {
  expect(safeNext(value)).toBe("/me");
});

test("safeNext never leaves the origin, whatever its input", () => {
  const piece = fc.constantFrom(
    "/",
    "\\",
    ".",
    "..",
    "\t",
    "\n",
    "@",
    ":",
    "evil.example",
    "%2f",
    "a",
  );
  const nasty = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join("")}`);
  fc.assert(
    fc.property(fc.oneof(nasty, fc.string(), fc.webUrl()), (value) => {
      const origin = "https://www.example.com";
      expect(new URL(safeNext(value), `${origin}/login`).origin).toBe(origin);
    }),
    { numRuns: 5000 },
  );
});
