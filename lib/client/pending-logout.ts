import { pendingLogoutKey as key } from "#lib/protocol.ts";
import type { Browser } from "./browser.ts";

export interface PendingLogout {
  isOwed(): boolean;
  owe(): void;
  settle(): void;
}

/**
 * Remembers that somebody has signed out and the server does not know yet. Only storage outlives
 * a reload, a closed browser and an empty battery, and the refresh cookie outlives them too. The
 * flag holds no secret. Where storage is blocked, it lasts as long as the page.
 */
export function createPendingLogout(browser: Browser): PendingLogout {
  let unstored = false;
  return {
    isOwed() {
      try {
        return unstored || browser.localStorage.getItem(key) !== null;
      } catch {
        return unstored;
      }
    },
    owe() {
      try {
        browser.localStorage.setItem(key, "1");
      } catch {
        unstored = true;
      }
    },
    settle() {
      unstored = false;
      try {
        browser.localStorage.removeItem(key);
      } catch {
        // Nothing was stored.
      }
    },
  };
}
