import type { TokenResponse, User } from "#lib/contract/answers.ts";
import { type AccessToken, accessTokenOf, untilStale } from "./access-token.ts";
import type { Message } from "./channel.ts";
import type { ClockReading } from "./clock.ts";

/** What one tab knows about the session that all tabs share. */
export interface SessionState {
  /** Null when nobody is signed in, undefined while that is unknown. */
  user: User | null | undefined;
  token: AccessToken | undefined;
  /** Whether the page has needed a token. A page that never does costs no requests. */
  wanted: boolean;
  /** Whether the page has seen its user signed in, and is to hear when that ends. */
  known: boolean;
  /** Counts sign-ins and sign-outs. The answer to a request from an earlier epoch is void. */
  epoch: number;
}

export function initialState(user: User | null | undefined): SessionState {
  return { user, token: undefined, wanted: false, known: Boolean(user), epoch: 0 };
}

/** The state after `message`, from this tab or another: the same object when it is void. */
export function afterMessage(
  state: SessionState,
  message: Message,
  now: ClockReading,
): SessionState {
  if (message.type === "signed_out") return signedOut(state);
  if (message.type === "signed_in") {
    return { ...tokenReceived(state, message.answer, now), epoch: state.epoch + 1 };
  }
  // A refresh that crossed a sign-out on its way signs nobody in again.
  if (state.user === null) return state;
  if (message.type === "user_changed") return { ...state, user: message.user };
  return tokenReceived(state, message.answer, now);
}

function tokenReceived(
  state: SessionState,
  answer: TokenResponse,
  now: ClockReading,
): SessionState {
  return { ...state, user: answer.user, token: accessTokenOf(answer, now), known: true };
}

export function signedOut({ epoch }: SessionState): SessionState {
  return { ...initialState(null), epoch: epoch + 1 };
}

export function tokenWanted(state: SessionState): SessionState {
  return { ...state, wanted: true };
}

/** Forgets the token. The next caller that needs one gets a new one. */
export function tokenDropped(state: SessionState): SessionState {
  return { ...state, token: undefined, wanted: false };
}

/** An API has refused the token `value`. */
export function tokenRefused(state: SessionState, value: string): SessionState {
  return state.token?.value === value ? { ...state, token: undefined } : state;
}

/** The page was away, and the session may have ended meanwhile: a refresh is to find out. */
export function inDoubt(state: SessionState): SessionState {
  return { ...state, token: undefined, wanted: state.known };
}

/**
 * The page came back from the back/forward cache. It shows nothing until the server has answered,
 * even offline, because its content may belong to a user who has signed out since. A reload would
 * do the same and lose what was typed.
 */
export function restored(state: SessionState): SessionState {
  if (state.user === null) return state;
  return { ...state, user: undefined, token: undefined, epoch: state.epoch + 1 };
}

/** Milliseconds until the page should refresh by itself, Infinity when it should not. */
export function untilRefresh({ user, token, wanted }: SessionState, visible: boolean): number {
  // An unknown user is worth a request even in a hidden page.
  if (user === null || (user && !(wanted && visible))) return Infinity;
  return token ? untilStale(token) : 0;
}
