/** What a browser loads and does until a page is shown, on a slow processor. */
import { type Browser, type CDPSession, chromium, type Page } from "@playwright/test";
import { findChromium } from "../../scripts/lib/chromium.mjs";
import { cookieName, refreshCookie } from "../lib/seeds.ts";
import type { Server } from "../lib/servers.ts";
import { median } from "../lib/statistics.ts";

export interface PageResult {
  name: string;
  requests: number;
  /** Bytes transferred, headers included. */
  transferred: number;
  script: number;
  /** Milliseconds until the largest contentful paint. */
  largestPaint: number;
  apiCallsBeforePaint: number;
}

/** The factor by which Lighthouse slows a desktop down to a phone. */
const slowdown = 4;
const visits = 5;

export async function measurePages(server: Server): Promise<PageResult[]> {
  const executablePath = process.env.CHROMIUM_PATH ?? findChromium();
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    args: [...sandbox, "--disable-gpu", "--disable-quic", "--no-first-run"],
  });
  try {
    return [
      await measurePage(browser, server, "home, signed out", "/", false),
      await measurePage(browser, server, "login", "/login", false),
      await measurePage(browser, server, "me, signed in", "/me", true),
    ];
  } finally {
    await browser.close();
  }
}

async function measurePage(
  browser: Browser,
  { origin }: Server,
  name: string,
  path: string,
  signedIn: boolean,
): Promise<PageResult> {
  const found: PageResult[] = [];
  for (let visit = 0; visit < visits; visit += 1) {
    // A new context each time, so that nothing is cached.
    const context = await browser.newContext();
    if (signedIn) {
      const value = await refreshCookie(visit, Date.now());
      const of = { domain: "127.0.0.1", path: "/", secure: true, httpOnly: true };
      await context.addCookies([{ name: cookieName, value, sameSite: "Lax", ...of }]);
    }
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    found.push({ name, ...(await visitPage(page, cdp, origin + path)) });
    await context.close();
  }
  const of = (pick: (result: PageResult) => number) => median(found.map(pick));
  return {
    name,
    requests: of((result) => result.requests),
    transferred: of((result) => result.transferred),
    script: of((result) => result.script),
    largestPaint: of((result) => result.largestPaint),
    apiCallsBeforePaint: of((result) => result.apiCallsBeforePaint),
  };
}

async function visitPage(page: Page, cdp: CDPSession, url: string) {
  const types = new Map<string, string>();
  let transferred = 0;
  let script = 0;
  await cdp.send("Network.enable");
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
  cdp.on("Network.responseReceived", ({ requestId, type }) => types.set(requestId, type));
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    transferred += encodedDataLength;
    if (types.get(requestId) === "Script") script += encodedDataLength;
  });
  await page.goto(url, { waitUntil: "networkidle" });
  if (page.url() !== url) throw new Error(`${url} led to ${page.url()}.`);
  const { largestPaint, firstPaint, calls } = await page.evaluate(async () => {
    const paint = await new Promise<number>((resolve) => {
      new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime ?? 0)).observe({
        type: "largest-contentful-paint",
        buffered: true,
      });
    });
    const [first] = performance.getEntriesByName("first-contentful-paint");
    const resources = performance.getEntriesByType("resource");
    return {
      largestPaint: paint,
      firstPaint: first?.startTime ?? 0,
      calls: resources.filter(({ name }) => name.includes("/api/")).map((entry) => entry.startTime),
    };
  });
  return {
    requests: types.size,
    transferred,
    script,
    largestPaint,
    apiCallsBeforePaint: calls.filter((at) => at < firstPaint).length,
  };
}
