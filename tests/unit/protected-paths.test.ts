import { describe, expect, test } from "vitest";
import { isProtectedPath, protectedPaths } from "#lib/protected-paths.ts";
import {
  isPage,
  protectedPageMistakes,
  readSources,
  routePathMistakes,
  saidPaths,
  urlPath,
} from "../support/source-files.ts";

const app = readSources("app");

test("every page that needs a session is on the list and asks for it, and no other page is listed", () => {
  expect(protectedPageMistakes(app, protectedPaths)).toEqual([]);
});

test("every route says the path that it is mounted at", () => {
  expect(routePathMistakes(app)).toEqual([]);
});

test("the scan finds the pages and the routes", () => {
  const protectedPages = app.filter(
    (file) =>
      isPage(file) && isProtectedPath(urlPath(file.path)) && /requireSession/.test(file.text),
  );
  expect(protectedPages.length).toBeGreaterThan(2);
  expect(app.flatMap(({ text }) => saidPaths(text)).length).toBeGreaterThan(20);
});

test("a path below a protected one is protected, and one that only begins like it is not", () => {
  expect(isProtectedPath("/me/picture")).toBe(true);
  expect(isProtectedPath("/menu")).toBe(false);
  expect(isProtectedPath("/")).toBe(false);
});

describe("the check of pages", () => {
  const asking = "export default async function Page() { const a = await requireSession(); }";
  const open = "export default function Page() {}";
  const check = (path: string, text: string, listed: string[] = []) =>
    protectedPageMistakes([{ path, text }], listed);

  test.each([
    ["app/(account)/invoices/page.tsx", "/invoices"],
    ["app/(account)/(settings)/billing/cards/page.tsx", "/billing/cards"],
    ["app/(account)/invoices/[id]/page.tsx", "/invoices"],
    ["app/(public)/invoices/[id]/lines/[line]/page.tsx", "/invoices"],
    ["app/docs/[[...slug]]/page.tsx", "/docs"],
    ["app/reports/page.ts", "/reports"],
    ["app/tools/page.dev.tsx", "/tools"],
    ["app/board/@panel/page.tsx", "/board"],
  ])("says what to add for %s", (path, missing) => {
    expect(check(path, asking)).toEqual([
      `Add "${missing}" to lib/protected-paths.ts: ${path} needs a session.`,
    ]);
    expect(check(path, asking, [missing])).toEqual([]);
  });

  test("says that a page whose path begins with a parameter cannot be listed", () => {
    expect(check("app/[team]/page.tsx", asking)).toEqual([
      'Move app/[team]/page.tsx into a folder with a fixed name: lib/protected-paths.ts cannot list "/[team]", and it needs a session.',
    ]);
  });

  test("takes a page of a protected group for one that needs a session, and has it ask", () => {
    const path = "app/(admin)/users/page.tsx";
    expect(check(path, open)).toEqual([
      `Add "/users" to lib/protected-paths.ts: ${path} needs a session.`,
      `Call requireSession() in ${path}, or move it: every page of its group needs a session.`,
    ]);
    const commented = `// await requireSession()\n/* await requireSession() */ ${open}`;
    expect(check(path, commented, ["/users"])).toHaveLength(1);
  });

  test("finds a listed page that does not ask", () => {
    expect(check("app/(public)/me/help/page.tsx", open, ["/me"])[0]).toBe(
      "Call requireSession() in app/(public)/me/help/page.tsx, or move it: lib/protected-paths.ts lists its path.",
    );
  });

  test("finds a call that nothing waits for", () => {
    const text = "export default async function Page() { requireSession(); }";
    expect(check("app/a/page.tsx", text, ["/a"])).toEqual([
      'Write "await requireSession()" in app/a/page.tsx.',
    ]);
  });

  test("finds a listed path without a page", () => {
    expect(check("app/(public)/page.tsx", open, ["/gone"])).toEqual([
      'Remove "/gone" from lib/protected-paths.ts: no page there needs a session.',
    ]);
  });

  test("leaves other pages and files alone", () => {
    expect(check("app/(public)/about/page.tsx", open)).toEqual([]);
    expect(check("app/(account)/layout.tsx", open)).toEqual([]);
  });
});

describe("the check of routes", () => {
  const check = (path: string, text: string) => routePathMistakes([{ path, text }]);

  test.each([
    ["app/api/invoices/route.ts", "/api/invoices"],
    ["app/(billing)/api/invoices/[id]/route.ts", "/api/invoices/{id}"],
    ["app/api/[[...path]]/route.ts", "/api/*"],
    ["app/api/files/[...path]/route.ts", "/api/files/*"],
  ])("says what to write in %s", (path, mounted) => {
    expect(check(path, `export const { GET } = route("${mounted}", {});`)).toEqual([]);
    expect(check(path, `export const { GET } = route(\n  "/api/other",\n  {},\n);`)).toEqual([
      `Write route("${mounted}", …) in ${path} instead of route("/api/other", …).`,
    ]);
  });

  test("leaves a handler without route() alone", () => {
    expect(check("app/feed/route.ts", "export const GET = () => new Response();")).toEqual([]);
  });
});
