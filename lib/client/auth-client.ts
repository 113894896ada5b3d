import type { User } from "#lib/contract/answers.ts";
import type {
  EmailLoginInput,
  LoginInput,
  PasswordChangeInput,
  ReauthenticateInput,
  SignupInput,
} from "#lib/contract/schemas.ts";
import { isUsable } from "./access-token.ts";
import { createCookieFetch, createSend, type Method } from "./api.ts";
import type { AuthState, Listener } from "./auth-state.ts";
import { createBearerFetch } from "./bearer-fetch.ts";
import type { Browser } from "./browser.ts";
import { createLock } from "./lock.ts";
import { createPendingLogout } from "./pending-logout.ts";
import { createRefresh } from "./refresh.ts";
import { createRefreshScheduler } from "./refresh-scheduler.ts";
import {
  inDoubt,
  restored,
  signedOut,
  tokenDropped,
  tokenRefused,
  tokenWanted,
  untilRefresh,
} from "./session-state.ts";
import { createSharedSession } from "./shared-session.ts";
import { createSignIn, type VerificationRequired } from "./sign-in.ts";
import { createSignOut, whenUnlocked } from "./sign-out.ts";

export { readAnswer } from "./api.ts";
export { AuthError } from "./auth-error.ts";
export type { AuthEvent, AuthState } from "./auth-state.ts";
export type { VerificationRequired } from "./sign-in.ts";

export interface AuthClientOptions {
  /** The signed-in user, null when there is none; undefined lets the client ask when it starts. */
  initialUser?: User | null | undefined;
  /** The API's origin, such as "https://api.example.com"; empty when it is the page's own. */
  apiHost?: string | undefined;
  browser?: Browser;
}

export interface RequestOptions {
  /** False for a route that needs no access token, such as a forgotten password. Default: true. */
  bearer?: boolean;
}

/** Every promise rejects with an {@link AuthError}, except where another error is named. */
export interface AuthClient {
  /** The same object until the state changes. */
  getState(): AuthState;
  /** Calls `listener` on each change and event. Returns a function that unsubscribes. */
  subscribe(listener: Listener): () => void;
  /** Listens to the browser and the other tabs. Returns a function that stops. */
  start(): () => void;
  login(input: LoginInput): Promise<User>;
  /** Resolves to what is left to do where addresses have to be verified first. */
  signup(input: SignupInput): Promise<User | VerificationRequired>;
  /** Signs in with an email's link, by its token, or with its code and the address. */
  loginByEmail(input: EmailLoginInput): Promise<User>;
  /** Makes the sign-in recent, after a request failed with `insufficient_user_authentication`. */
  reauthenticate(input: ReauthenticateInput): Promise<User>;
  /** Ends every other session. This browser stays signed in. */
  changePassword(input: PasswordChangeInput): Promise<User>;
  /**
   * Signs out here and in every tab at once. Resolves when the server knows, or is out of reach:
   * then it is told as soon as it is back. Never rejects.
   */
  logout(): Promise<void>;
  /**
   * Resolves when the tab that signs out, this one or another, has told the server, or after three
   * seconds. A page that leaves earlier may cut the request off, or find the session still alive.
   * Never rejects.
   */
  whenSignedOut(): Promise<void>;
  /**
   * A valid access token: the one in memory, or a fresh one. Callers share one request. After a
   * failure it rejects with the same error, and sends nothing, until it is time to try again.
   */
  getToken(): Promise<string>;
  /**
   * Sends `body` as JSON to a path of the API, with the access token. Resolves to the parsed
   * answer, undefined for a 204.
   */
  request<Answer>(
    method: Method,
    path: string,
    body?: object,
    options?: RequestOptions,
  ): Promise<Answer>;
  /**
   * `fetch` with the access token, to the API's origin. When the token is refused, refreshes it
   * and sends the request again.
   * @throws {TypeError} for any other origin, and when the network fails
   */
  fetch: typeof fetch;
  /** Publishes a change of the signed-in user, here and in the other tabs. */
  updateUser(user: User): void;
  /** Forgets the access token. The next call that needs one gets a new one. */
  dropToken(): void;
}

/**
 * Creates the browser's side of sign-in, without a framework. It touches nothing before `start()`,
 * so it can also be created where pages are rendered.
 *
 * @example
 * const auth = createAuthClient({ initialUser: null });
 * const stop = auth.start();
 * auth.subscribe(() => render(auth.getState()));
 * await auth.login({ username: "ada", password });
 */
export function createAuthClient({
  initialUser,
  apiHost = "",
  browser = globalThis,
}: AuthClientOptions = {}): AuthClient {
  const lock = createLock(browser);
  const pendingLogout = createPendingLogout(browser);
  const scheduler = createRefreshScheduler(browser, {
    dueIn: (visible) => (pendingLogout.isPending() ? 0 : untilRefresh(session.read(), visible)),
    run: () => (pendingLogout.isPending() ? sendLogout() : refresh()),
    onReturn: () => session.change(inDoubt),
    onRestore: () => session.change(restored),
  });
  const session = createSharedSession(initialUser, pendingLogout, scheduler);
  const send = createSend(createCookieFetch(browser, apiHost));
  const refresh = createRefresh(session, lock, send, scheduler);
  const signIn = createSignIn(session, lock, send, pendingLogout, browser, apiHost);
  const { logout, sendLogout } = createSignOut(session, lock, send, pendingLogout, scheduler);
  const bearerFetch = createBearerFetch(browser, apiHost, getToken, (refused) =>
    session.change((state) => tokenRefused(state, refused)),
  );
  const sendWithToken = createSend(bearerFetch);

  async function getToken(): Promise<string> {
    session.change(tokenWanted);
    const { token } = session.read();
    return token && isUsable(token) ? token.value : refresh();
  }

  return {
    getState: session.getState,
    subscribe: session.subscribe,
    start() {
      const stopListening = session.listen();
      // The user signed out on an earlier page, so no event tells this page.
      if (pendingLogout.isPending()) session.change(signedOut);
      const stopScheduler = scheduler.start();
      return () => {
        stopScheduler();
        stopListening();
      };
    },
    login: (input) => signIn("login", input),
    signup: (input) => signIn("signup", input),
    loginByEmail: (input) => signIn("login/email/confirm", input),
    reauthenticate: (input) => signIn("reauthenticate", input),
    changePassword: (input) => signIn("password/change", input),
    logout,
    whenSignedOut: () => whenUnlocked(lock),
    getToken,
    request: (method, path, body, { bearer = true } = {}) =>
      (bearer ? sendWithToken : send)(method, path, body),
    fetch: bearerFetch,
    updateUser(user) {
      if (session.read().user) session.share({ type: "user_changed", user });
    },
    dropToken() {
      session.change(tokenDropped);
      session.report("token_dropped");
    },
  };
}
