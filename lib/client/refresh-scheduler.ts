import type { AuthError } from "./auth-error.ts";
import type { Browser } from "./browser.ts";
import { elapsedSince, longAgo, readClock } from "./clock.ts";

/** Milliseconds between two checks: a computer fires no event when it wakes up. */
const checkInterval = 30_000;

/** Milliseconds hidden or asleep after which the session may have ended unnoticed. */
const longAbsence = 60_000;

interface Work {
  /** Milliseconds until there is something to do, Infinity when there is nothing. */
  dueIn(visible: boolean): number;
  run(): Promise<unknown>;
  /** The page is back from a long absence, or the network is. */
  onReturn(): void;
  /** The page is back from the back/forward cache. */
  onRestore(): void;
}

export interface RefreshScheduler {
  /** Returns a function that stops. */
  start(): () => void;
  /** The server has answered. */
  succeeded(): void;
  /** The request failed. Waits for as long as the server has asked, and longer each time. */
  failed(error: AuthError): void;
  /** The last failure, until it is time to try again. */
  failure(): AuthError | undefined;
}

/** Runs the client's own work when it is due, and again when it failed. */
export function createRefreshScheduler(browser: Browser, work: Work): RefreshScheduler {
  let started = false;
  let running = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let seenAt = longAgo;
  let pausedAt = longAgo;
  let pause = 0;
  let failures = 0;
  let failure: AuthError | undefined;

  const pauseLeft = () => pause - elapsedSince(pausedAt);
  const isVisible = () => browser.document.visibilityState === "visible";

  function check() {
    clearTimeout(timer);
    if (!started) return;
    const visible = isVisible();
    if (visible) {
      if (elapsedSince(seenAt) > longAbsence) work.onReturn();
      seenAt = readClock();
    }
    const wait = Math.max(work.dueIn(visible), pauseLeft());
    if (wait <= 0) run();
    else if (visible || wait < Infinity) timer = setTimeout(check, Math.min(wait, checkInterval));
  }

  async function run() {
    if (running) return;
    running = true;
    // The caller of getToken() hears of the failure; here, only the next attempt matters.
    await work.run().catch(() => {});
    running = false;
    check();
  }

  /** Forgets the failures: the network or the user is back, or the server has answered. */
  function recover(seconds = 0) {
    failures = 0;
    failure = undefined;
    pauseFor(seconds);
  }

  function pauseFor(seconds: number) {
    pause = seconds * 1000;
    pausedAt = readClock();
    check();
  }

  return {
    start() {
      const controller = new AbortController();
      const { signal } = controller;
      const onVisibility = () => (isVisible() ? recover() : check());
      browser.document.addEventListener("visibilitychange", onVisibility, { signal });
      browser.addEventListener("focus", check, { signal });
      const onOnline = () => {
        work.onReturn();
        recover();
      };
      browser.addEventListener("online", onOnline, { signal });
      const onPageShow = ({ persisted }: PageTransitionEvent) => {
        if (!persisted) return;
        work.onRestore();
        recover();
      };
      browser.addEventListener("pageshow", onPageShow, { signal });
      started = true;
      seenAt = readClock();
      check();
      return () => {
        started = false;
        controller.abort();
        check();
      };
    },
    succeeded() {
      seenAt = readClock();
      // A token that lives for seconds must cause no flood.
      recover(1);
    },
    failed(error) {
      failure = error;
      // Up to a quarter more, so that browsers do not all return from an outage at once.
      const jitter = 1 + Math.random() / 4;
      pauseFor(Math.max(error.retryAfter ?? 0, Math.min(60, 2 ** failures)) * jitter);
      failures += 1;
    },
    failure: () => (pauseLeft() > 0 ? failure : undefined),
  };
}
