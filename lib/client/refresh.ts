import { untilStale } from "./access-token.ts";
import type { Send } from "./api.ts";
import { AuthError } from "./auth-error.ts";
import { delay } from "./clock.ts";
import type { Lock } from "./lock.ts";
import type { RefreshScheduler } from "./refresh-scheduler.ts";
import { requestToken } from "./request-token.ts";
import type { SharedSession } from "./shared-session.ts";

/** Milliseconds by which the broadcast of the lock's last holder may trail the lock itself. */
const broadcastDelay = 25;

/** Creates the function that gets a new access token. Its callers, in all tabs, share one request. */
export function createRefresh(
  session: SharedSession,
  lock: Lock,
  send: Send,
  scheduler: RefreshScheduler,
): () => Promise<string> {
  let pending: Promise<string> | undefined;

  /** Requests a token, unless another tab got one while this tab waited for the lock. */
  async function renew(): Promise<string> {
    const { user, token, epoch } = session.read();
    if (token && untilStale(token) > 0) return token.value;
    if (user === null) throw new AuthError("signed_out", "Nobody is signed in.");
    session.report("refresh_started");
    const answer = await requestToken(send).catch((error: AuthError) => error);
    if (session.read().epoch !== epoch) return renew();
    if (answer instanceof AuthError) throw failed(answer);
    session.share({ type: "token_received", answer });
    return answer.access_token;
  }

  function failed(error: AuthError): AuthError {
    const { status, code } = error;
    // A 401 without a code of the API comes from a proxy, and says nothing about the session.
    if (status === 401 && code !== "unavailable") {
      session.share({ type: "signed_out", code });
    } else {
      session.report("refresh_failed", code);
      scheduler.failed(error);
    }
    return error;
  }

  return async () => {
    // During an outage nothing is sent before the next attempt is due (supabase/supabase-js#2145).
    const failure = session.read().user !== null && scheduler.failure();
    if (failure) throw failure;
    pending ??= lock(() => delay(broadcastDelay).then(renew)).finally(() => {
      pending = undefined;
    });
    return pending;
  };
}
