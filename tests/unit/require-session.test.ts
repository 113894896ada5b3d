import { NextRequest } from "next/server";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type PageSession, requireSession } from "#lib/server/session.ts";
import { middleware } from "../../middleware.ts";

/** What the page that renders is given, and whether this server has the sessions. */
const state = vi.hoisted(() => ({ headers: new Headers(), sessionsHere: true }));

vi.mock("next/headers", () => ({
  headers: async () => state.headers,
  cookies: async () => undefined,
}));

vi.mock("next/navigation", () => ({
  redirect(path: string) {
    throw new Error(`redirect to ${path}`);
  },
}));

vi.mock("#lib/services.ts", async (importActual) => {
  const actual = await importActual<typeof import("#lib/services.ts")>();
  const elsewhere = { config: { sessionsHere: false } };
  return { services: () => (state.sessionsHere ? actual.services() : elsewhere) };
});

beforeAll(() => {
  vi.stubEnv("AUTH_SECRET", "s".repeat(32));
  vi.stubEnv("DATABASE_URL", "file::memory:");
});

afterEach(() => {
  state.headers = new Headers();
  state.sessionsHere = true;
});

/** Passes a request through the middleware; returns the headers that the page then sees. */
async function pageHeaders(path: string, sent: Record<string, string> = {}): Promise<Headers> {
  const request = new NextRequest(`https://www.example.com${path}`, { headers: sent });
  const response = await middleware(request);
  const prefix = "x-middleware-request-";
  const passed = [...response.headers].filter(([name]) => name.startsWith(prefix));
  return new Headers(passed.map(([name, value]) => [name.slice(prefix.length), value]));
}

describe("a visitor without a session", () => {
  test.each([
    ["/invoices/7?tab=lines", "/login?next=%2Finvoices%2F7%3Ftab%3Dlines"],
    ["/invoices/7", "/login?next=%2Finvoices%2F7"],
    ["/invoices/a%20b?q=%C3%A9&q=2", "/login?next=%2Finvoices%2Fa%2520b%3Fq%3D%25C3%25A9%26q%3D2"],
    ["//evil.example", "/login?next=%2Fme"],
  ])("at %s is sent to %s", async (path, expected) => {
    state.headers = await pageHeaders(path);
    await expect(requireSession()).rejects.toThrow(`redirect to ${expected}`);
  });

  test("cannot choose the way back with a header of their own", async () => {
    state.headers = await pageHeaders("/invoices/7", { "X-Latchkey-Path": "/ping?forged=1" });
    await expect(requireSession()).rejects.toThrow("redirect to /login?next=%2Finvoices%2F7");
  });

  test("is never sent to another origin, even without the middleware", async () => {
    state.headers = new Headers({ "x-latchkey-path": "//evil.example" });
    await expect(requireSession()).rejects.toThrow("redirect to /login?next=%2Fme");
    state.headers = new Headers();
    await expect(requireSession()).rejects.toThrow("redirect to /login?next=%2Fme");
  });
});

describe("where the API is on another origin", () => {
  test("the call fails with a sentence that says what to do", async () => {
    state.sessionsHere = false;
    await expect(requireSession()).rejects.toThrow(/requireSession\(\{ allowUnknown: true \}\)/);
  });

  test("a page that allows it gets undefined", async () => {
    state.sessionsHere = false;
    const session: PageSession | undefined = await requireSession({ allowUnknown: true });
    expect(session).toBeUndefined();
  });
});
