import type { User } from "#lib/contract/answers.ts";

/** Who is signed in; "loading" until that is known. */
export interface AuthState {
  status: "loading" | "authenticated" | "anonymous";
  user: User | null;
}

/** Something that happened. `tab` says whether this tab did it or another one. */
export interface AuthEvent {
  type:
    | "signed_in"
    | "signed_out"
    | "token_received"
    | "refresh_started"
    | "refresh_failed"
    | "token_dropped";
  tab: "this" | "other";
  /** An error's code, when the user did not ask for it. */
  code?: string | undefined;
}

/** Called with an event, or with undefined when only the state changed. */
export type Listener = (event: AuthEvent | undefined) => void;

/** `user` is null when nobody is signed in, undefined while that is unknown. */
export function authStateOf(user: User | null | undefined): AuthState {
  if (user) return { status: "authenticated", user };
  return { status: user === null ? "anonymous" : "loading", user: null };
}
