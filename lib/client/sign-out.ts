import type { Send } from "./api.ts";
import { delay } from "./clock.ts";
import type { Lock } from "./lock.ts";
import type { PendingLogout } from "./pending-logout.ts";
import type { RefreshScheduler } from "./refresh-scheduler.ts";
import type { SharedSession } from "./shared-session.ts";

/**
 * Milliseconds in which the tab that signs out queues for the lock. Its broadcast can arrive
 * before that: a browser first makes sure that a page may use locks at all.
 */
const headStart = 250;

/** Milliseconds to wait for the lock after that. */
const patience = 3_000;

interface SignOut {
  logout(): Promise<void>;
  /** Sends the logout that the server has not received yet, if there is one. Never rejects. */
  sendLogout(): Promise<void>;
}

export function createSignOut(
  session: SharedSession,
  lock: Lock,
  send: Send,
  pendingLogout: PendingLogout,
  scheduler: RefreshScheduler,
): SignOut {
  const sendLogout = () =>
    lock(async () => {
      if (!pendingLogout.isPending()) return;
      await send("POST", "/api/auth/logout").then(() => {
        pendingLogout.clear();
        scheduler.succeeded();
      }, scheduler.failed);
    });

  return {
    sendLogout,
    logout() {
      pendingLogout.set();
      // Queued before the other tabs hear of it, so that their requests for the lock come after it.
      const sent = sendLogout();
      session.share({ type: "signed_out" });
      return sent;
    },
  };
}

/** Waits until the tab that signs out, this one or another, has told the server. */
export async function whenUnlocked(lock: Lock): Promise<void> {
  await delay(headStart);
  await Promise.race([lock(async () => {}), delay(patience)]);
}
