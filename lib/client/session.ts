import type { TokenResponse, User } from "#lib/contract/schemas.ts";
import { type AccessToken, accessTokenOf, isUsable, untilStale } from "./access-token.ts";
import type { NextStep, Post } from "./api.ts";
import { AuthError } from "./auth-error.ts";
import { type AuthEvent, type AuthStore, stateOf } from "./auth-store.ts";
import type { Browser } from "./browser.ts";
import { createChannel, type Message } from "./channel.ts";
import { delay } from "./clock.ts";
import { requireCookies, requireKeptCookie } from "./kept-cookie.ts";
import { createLock } from "./lock.ts";
import { createPendingLogout } from "./pending-logout.ts";
import { createRefreshScheduler } from "./refresh-scheduler.ts";
import { requestToken } from "./request-token.ts";

/** Milliseconds that a broadcast of the lock's last holder may arrive after the lock itself. */
const broadcastDelay = 25;

/**
 * One tab's part in the session that all tabs share. The access token lives in this closure and
 * nowhere else.
 */
export function createSession(
  { getState, update }: AuthStore,
  post: Post,
  browser: Browser,
  apiHost: string,
) {
  const channel = createChannel();
  const lock = createLock(browser);
  const pendingLogout = createPendingLogout(browser);
  const upkeep = createRefreshScheduler(browser, { due, perform, doubt, restore });
  let token: AccessToken | undefined;
  /** Whether anything has needed a token; a page that never does costs no requests. */
  let wanted = false;
  /** Whether somebody has been seen signed in, and is to be told when that ends. */
  let known = getState().status === "authenticated";
  /** Goes up when somebody signs in or out: an answer to a question from before is void. */
  let epoch = 0;
  let pending: Promise<string> | undefined;

  async function getToken(): Promise<string> {
    wanted = true;
    return token && isUsable(token) ? token.value : refresh();
  }

  function refresh(): Promise<string> {
    pending ??= lock(() => delay(broadcastDelay).then(renew)).finally(() => {
      pending = undefined;
    });
    return pending;
  }

  /** Asks for a token, unless another tab got one while this one was waiting for the lock. */
  async function renew(): Promise<string> {
    if (token && untilStale(token) > 0) return token.value;
    if (getState().status === "anonymous") {
      throw new AuthError("signed_out", "Nobody is signed in.");
    }
    const began = epoch;
    update({ type: "refresh_started", tab: "this" });
    const answer = await requestToken(post).catch((error: AuthError) => error);
    if (epoch !== began) return renew();
    if (!(answer instanceof AuthError)) return accept(answer, "token_received", "this");
    // A 401 without a code of ours is some proxy's, and tells nothing about the session.
    if (answer.status === 401 && answer.code !== "unavailable") {
      forget("this", answer.code);
    } else {
      update({ type: "refresh_failed", tab: "this", code: answer.code });
      upkeep.failed(answer.retryAfter);
    }
    throw answer;
  }

  /** Posts what somebody proves who they are with; an answer with a token signs them in. */
  function signIn<Next extends NextStep>(
    path: string,
    input: object,
  ): Promise<TokenResponse | Next> {
    return lock(async () => {
      if (!apiHost) requireCookies(browser);
      const began = epoch;
      const answer = await post<TokenResponse | Next>(path, input);
      if (apiHost && "access_token" in answer) await requireKeptCookie(post, apiHost);
      // Who has signed out since means this session, too: the server is about to hear of it.
      const unwanted = epoch !== began && pendingLogout.isOwed();
      if ("access_token" in answer && !unwanted) accept(answer, "signed_in", "this");
      return answer;
    });
  }

  function signOut(): Promise<void> {
    pendingLogout.owe();
    // Queued before the other tabs hear of it, so that one that waits for the lock waits for this.
    const told = lock(tellLogout);
    forget("this");
    return told;
  }

  async function tellLogout(): Promise<void> {
    if (!pendingLogout.isOwed()) return;
    const error = await post<void>("logout").catch((reason: AuthError) => reason);
    if (error) return upkeep.failed(error.retryAfter);
    pendingLogout.settle();
    upkeep.succeeded();
  }

  function accept(
    answer: TokenResponse,
    type: "signed_in" | "token_received",
    tab: AuthEvent["tab"],
  ): string {
    token = accessTokenOf(answer);
    known = true;
    if (type === "signed_in") {
      epoch += 1;
      // The server has ended the session that was there before.
      pendingLogout.settle();
    }
    if (tab === "this") channel.post({ type, answer });
    update({ type, tab }, stateOf(answer.user));
    upkeep.succeeded();
    return answer.access_token;
  }

  function forget(tab: AuthEvent["tab"], code?: string) {
    const event = known ? ({ type: "signed_out", tab, code } as const) : undefined;
    token = undefined;
    wanted = false;
    known = false;
    epoch += 1;
    if (tab === "this") channel.post({ type: "signed_out", code });
    update(event, stateOf(null));
  }

  function hear(message: Message) {
    if (message.type === "signed_in") accept(message.answer, message.type, "other");
    else if (message.type === "signed_out") forget("other", message.code);
    // A refresh that has crossed a sign-out on the way signs nobody in again.
    else if (getState().status === "anonymous") return;
    else if (message.type === "token_received") accept(message.answer, message.type, "other");
    else update(undefined, stateOf(message.user));
  }

  function due(visible: boolean): number {
    const { status } = getState();
    if (pendingLogout.isOwed() || status === "loading") return 0;
    if (status === "anonymous" || !wanted || !visible) return Infinity;
    return token ? untilStale(token) : 0;
  }

  function perform(): Promise<unknown> {
    return pendingLogout.isOwed() ? lock(tellLogout) : refresh();
  }

  /** Has the server asked again, so that a session that ended elsewhere does not look alive. */
  function doubt() {
    token = undefined;
    wanted = known;
  }

  /**
   * Shows nothing until the server has answered, even offline: what the page holds may be of
   * somebody who has signed out since. A reload would do as well, and lose what has been typed.
   */
  function restore() {
    if (getState().status === "anonymous") return;
    token = undefined;
    epoch += 1;
    update(undefined, stateOf(undefined));
  }

  return {
    getToken,
    signIn,
    signOut,
    /** Takes note that an API has refused the token. */
    reject(value: string) {
      if (token?.value === value) token = undefined;
    },
    drop() {
      token = undefined;
      wanted = false;
      update({ type: "token_dropped", tab: "this" });
    },
    updateUser(user: User) {
      if (getState().status !== "authenticated") return;
      channel.post({ type: "user_changed", user });
      update(undefined, stateOf(user));
    },
    start() {
      const close = channel.open(hear);
      if (pendingLogout.isOwed()) {
        // It was an earlier page that somebody signed out on; nobody leaves this one.
        known = false;
        forget("other");
      }
      const stop = upkeep.start();
      return () => {
        stop();
        close();
      };
    },
  };
}
