import type { Browser } from "./browser.ts";
import { longAgo, moment, since } from "./clock.ts";

/** Milliseconds between two looks at the clocks: a sleeping computer fires no event when it wakes. */
const pulse = 30_000;

/** Milliseconds out of sight, or asleep, after which the session may have ended unnoticed. */
const absence = 60_000;

interface Duty {
  /** Milliseconds until there is something to do, Infinity when there is nothing. */
  due(visible: boolean): number;
  /** Does it. */
  perform(): Promise<unknown>;
  /** The page is back from the back/forward cache, from before who knows what. */
  restore(): void;
  /** The page was absent or offline: what is known may be out of date. */
  doubt(): void;
}

export interface RefreshScheduler {
  /** Begins to listen to the browser, and answers with how to stop. */
  start(): () => void;
  /** The server has answered. */
  succeeded(): void;
  /** It has not, or not helpfully; `retryAfter` is how many seconds it asks to be spared. */
  failed(retryAfter: number | undefined): void;
}

/** Does in time what the client has to do by itself, and again when it failed. */
export function createRefreshScheduler(browser: Browser, duty: Duty): RefreshScheduler {
  let started = false;
  let busy = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let seenAt = longAgo;
  let answeredAt = longAgo;
  let pause = 0;
  let failures = 0;

  function tend() {
    clearTimeout(timer);
    if (!started) return;
    const visible = browser.document.visibilityState === "visible";
    if (visible) {
      if (since(seenAt) > absence) duty.doubt();
      seenAt = moment();
    }
    const wait = Math.max(duty.due(visible), pause - since(answeredAt));
    if (wait > 0) {
      if (visible || wait < Infinity) timer = setTimeout(tend, Math.min(wait, pulse));
    } else if (!busy) {
      busy = true;
      duty
        .perform()
        // Whoever asked for it is told; here only the next attempt matters.
        .catch(() => {})
        .finally(() => {
          busy = false;
          tend();
        });
    }
  }

  function settle(seconds: number) {
    pause = seconds * 1000;
    answeredAt = moment();
    tend();
  }

  return {
    start() {
      const stop = new AbortController();
      const { signal } = stop;
      const atOnce = () => {
        failures = 0;
        pause = 0;
        tend();
      };
      browser.document.addEventListener("visibilitychange", tend, { signal });
      browser.addEventListener("focus", tend, { signal });
      browser.addEventListener(
        "online",
        () => {
          seenAt = longAgo;
          atOnce();
        },
        { signal },
      );
      browser.addEventListener(
        "pageshow",
        ({ persisted }) => {
          if (!persisted) return;
          duty.restore();
          atOnce();
        },
        { signal },
      );
      started = true;
      seenAt = moment();
      tend();
      return () => {
        started = false;
        clearTimeout(timer);
        stop.abort();
      };
    },
    succeeded() {
      seenAt = moment();
      failures = 0;
      // A lifetime of a few seconds must not turn into a flood.
      settle(1);
    },
    failed(retryAfter = 0) {
      // Not all browsers that an outage has met come back in the same moment.
      const jitter = 1 + Math.random() / 4;
      settle(Math.max(retryAfter, Math.min(60, 2 ** failures)) * jitter);
      failures += 1;
    },
  };
}
