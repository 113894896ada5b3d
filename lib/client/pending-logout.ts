import { pendingLogoutKey } from "#lib/protocol.ts";
import type { Browser } from "./browser.ts";

export interface PendingLogout {
  isPending(): boolean;
  set(): void;
  clear(): void;
}

/**
 * Remembers that the user has signed out and the server does not know yet. Only storage survives a
 * reload, a closed browser and an empty battery, as the refresh cookie does. The flag holds no
 * secret. Where storage is blocked, it lasts as long as the page.
 */
export function createPendingLogout(browser: Browser): PendingLogout {
  let unstored = false;
  return {
    isPending() {
      try {
        return unstored || browser.localStorage.getItem(pendingLogoutKey) !== null;
      } catch {
        return unstored;
      }
    },
    set() {
      try {
        browser.localStorage.setItem(pendingLogoutKey, "1");
      } catch {
        unstored = true;
      }
    },
    clear() {
      unstored = false;
      try {
        browser.localStorage.removeItem(pendingLogoutKey);
      } catch {
        // Blocked storage holds nothing.
      }
    },
  };
}
