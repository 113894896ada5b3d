/**
 * A browser whose tabs share cookies, storage, Web Locks and broadcasts. Requests go over a real
 * socket; only what Node lacks of a browser is imitated.
 */
import { vi } from "vitest";
import {
  type AuthClient,
  AuthError,
  type AuthEvent,
  createAuthClient,
} from "#lib/client/auth-client.ts";
import type { Browser } from "#lib/client/browser.ts";
import { type AuthServer, ada } from "./client-server.ts";

export const minute = 60_000;

/** Makes the clocks move far only by `pass`. setImmediate stays real. */
export function holdTime() {
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "Date", "performance"],
    shouldAdvanceTime: true,
  });
}

/** Lets milliseconds pass, no faster than the network between client and server. */
export async function pass(duration: number) {
  for (let left = duration; left > 0; left -= 1_000) {
    await vi.advanceTimersByTimeAsync(Math.min(left, 1_000));
    await settle();
  }
}

let inFlight = 0;

/** Waits until no request, broadcast or lock is under way. */
async function settle() {
  for (let turns = 0; turns < 10 || inFlight > 0; turns += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Returns what `promise` rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<AuthError> {
  const reason = await promise.catch((error: unknown) => error);
  if (!(reason instanceof AuthError)) throw new Error(`Not an AuthError: ${reason}`);
  return reason;
}

export interface Tab extends AuthClient {
  events: AuthEvent[];
  hide(): void;
  show(): void;
  /** Restores the page from the back/forward cache. */
  restore(): void;
  close(): void;
}

interface BrowserOptions {
  /** The origin of its pages. */
  origin?: string;
  /** False on a page over plain http. */
  locks?: boolean;
  /** False where the user has blocked site data. */
  storage?: boolean;
  /** False where the user has blocked all cookies. */
  cookies?: boolean;
  /** False in a browser that drops cookies of other sites, as Safari does. */
  foreignCookies?: boolean;
}

export function openBrowser(
  server: AuthServer,
  {
    origin = server.origin,
    locks = true,
    storage = true,
    cookies = true,
    foreignCookies = true,
  }: BrowserOptions = {},
) {
  const stored = new Map<string, string>();
  const opened = new Set<Tab & { window: EventTarget }>();
  let cookie = "";
  let online = true;

  const localStorage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  };

  async function fetchWithCookies(input: RequestInfo | URL, init?: RequestInit) {
    if (!online) throw new TypeError("Failed to fetch");
    const target = typeof input === "string" ? new URL(input, origin) : input;
    const request = new Request(target, init);
    const foreign = new URL(request.url).origin !== origin;
    const credentials = request.credentials === "include" || !foreign;
    if (cookie && credentials) request.headers.set("Cookie", cookie);
    inFlight += 1;
    const response = await fetch(request).finally(() => {
      inFlight -= 1;
    });
    const [pair] = response.headers.getSetCookie().map((line) => line.split(";")[0] ?? "");
    const kept = cookies && (!foreign || foreignCookies);
    if (pair !== undefined && kept) cookie = pair.endsWith("=") ? "" : pair;
    return response;
  }

  const self = {
    /** What scripts can read from storage. */
    stored,
    /** Opens a tab and signs ada in. */
    async signedIn(): Promise<Tab> {
      const tab = self.open(null);
      await tab.login({ username: "ada", password: "right" });
      server.asked.length = 0;
      return tab;
    },
    /** Opens a tab that the server rendered for ada, who signed in on an earlier page. */
    async rendered(): Promise<Tab> {
      (await self.signedIn()).close();
      return self.open(ada);
    },
    /** Opens a page that the server rendered for `initialUser`, undefined when it did not know. */
    open(initialUser?: typeof ada | null, apiHost?: string): Tab {
      const window = new EventTarget();
      const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
      const browser = {
        fetch: fetchWithCookies,
        navigator: { cookieEnabled: cookies, ...(locks && { locks: navigator.locks }) },
        document,
        location: { href: `${origin}/somewhere/else` },
        addEventListener: window.addEventListener.bind(window),
        get localStorage() {
          if (storage) return localStorage;
          throw new DOMException("Access is denied for this document.", "SecurityError");
        },
      };
      const client = createAuthClient({
        initialUser,
        apiHost,
        browser: browser as unknown as Browser,
      });
      const events: AuthEvent[] = [];
      client.subscribe((event) => event && events.push(event));
      const stop = client.start();
      const turn = (visibilityState: string) => {
        document.visibilityState = visibilityState;
        document.dispatchEvent(new Event("visibilitychange"));
      };
      const showPage = (persisted: boolean) =>
        window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted }));
      showPage(false);
      const tab = {
        ...client,
        window,
        events,
        hide: () => turn("hidden"),
        show: () => turn("visible"),
        restore: () => showPage(true),
        close() {
          opened.delete(tab);
          stop();
        },
      };
      opened.add(tab);
      return tab;
    },
    goOffline() {
      online = false;
    },
    goOnline() {
      online = true;
      for (const { window } of opened) window.dispatchEvent(new Event("online"));
    },
    close() {
      for (const tab of opened) tab.close();
    },
  };
  return self;
}
