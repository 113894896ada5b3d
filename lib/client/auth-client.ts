import type {
  EmailLoginInput,
  LoginInput,
  PasswordChangeInput,
  ReauthenticateInput,
  SignupInput,
  User,
} from "#lib/contract/schemas.ts";
import {
  createPost,
  type MfaRequired,
  type NextStep,
  type Post,
  type VerificationRequired,
} from "./api.ts";
import { type AuthState, createAuthStore, type Listener } from "./auth-store.ts";
import { createBearerFetch } from "./bearer-fetch.ts";
import type { Browser } from "./browser.ts";
import { createSession } from "./session.ts";

export type { MfaRequired, VerificationRequired } from "./api.ts";
export { AuthError } from "./auth-error.ts";
export type { AuthEvent, AuthState } from "./auth-store.ts";

export interface AuthClientOptions {
  /** Who the server knows to be signed in, null for nobody; undefined asks when it starts. */
  initialUser?: User | null | undefined;
  /** The API's origin, such as "https://api.example.com"; empty when it is the page's own. */
  apiHost?: string | undefined;
  browser?: Browser;
}

/** Every promise rejects with an {@link AuthError}. */
export interface AuthClient {
  /** The same object until it changes. */
  getState(): AuthState;
  /** Calls `listener` on each change and each event; answers with how to unsubscribe. */
  subscribe(listener: Listener): () => void;
  /** Listens to the browser and the other tabs; answers with how to stop. */
  start(): () => void;
  login(input: LoginInput): Promise<User | MfaRequired>;
  /** Resolves to the user, or to what is asked next where addresses have to be verified first. */
  signup(input: SignupInput): Promise<User | VerificationRequired>;
  /** Signs in by what came by mail: a link's token, or a code and the address. */
  loginByEmail(input: EmailLoginInput): Promise<User>;
  /**
   * Proves again who is there, as sensitive actions want it that answer
   * `insufficient_user_authentication`.
   */
  reauthenticate(input: ReauthenticateInput): Promise<User>;
  /** Signs out everywhere else; this browser goes on. */
  changePassword(input: PasswordChangeInput): Promise<User>;
  /**
   * Signs out here and in every tab at once. Resolves when the server has been told, or has been
   * found out of reach: then it is told as soon as it is back. Never rejects.
   */
  logout(): Promise<void>;
  /** A valid access token: the one in memory, or a fresh one. Callers share one request. */
  getToken(): Promise<string>;
  /**
   * `fetch` with the access token; refreshes it and tries again when it is refused. Paths are the
   * API's. Rejects as `fetch` does, and with a TypeError for any other origin.
   */
  fetch: typeof fetch;
  /** Posts JSON to `/api/auth/{path}` without a token, for what nobody has to be signed in for. */
  post: Post;
  /** Takes over a change of the signed-in user, here and in the other tabs. */
  updateUser(user: User): void;
  /** Forgets the access token. The next call that needs one asks for it. */
  dropToken(): void;
}

/**
 * The browser's side of sign-in, without any framework. It touches nothing before `start()`, so
 * that it can also be made where pages are rendered.
 */
export function createAuthClient({
  initialUser,
  apiHost = "",
  browser = globalThis,
}: AuthClientOptions = {}): AuthClient {
  const store = createAuthStore(initialUser);
  const post = createPost(browser, apiHost);
  const session = createSession(store, post, browser, apiHost);
  /** Resolves to who is signed in by that, or to what is asked for next. */
  async function signIn<Next extends NextStep>(path: string, input: object): Promise<User | Next> {
    const answer = await session.signIn<Next>(path, input);
    return "user" in answer ? answer.user : answer;
  }
  return {
    getState: store.getState,
    subscribe: store.subscribe,
    start: session.start,
    login: (input) => signIn<MfaRequired>("login", input),
    signup: (input) => signIn<VerificationRequired>("signup", input),
    loginByEmail: (input) => signIn<never>("login/email/confirm", input),
    reauthenticate: (input) => signIn<never>("reauthenticate", input),
    changePassword: (input) => signIn<never>("password/change", input),
    logout: session.signOut,
    getToken: session.getToken,
    fetch: createBearerFetch(browser, apiHost, session),
    post,
    updateUser: session.updateUser,
    dropToken: session.drop,
  };
}
