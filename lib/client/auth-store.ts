import type { User } from "#lib/contract/schemas.ts";

/** Who is signed in; "loading" until that is known. */
export interface AuthState {
  status: "loading" | "authenticated" | "anonymous";
  user: User | null;
}

/** What has happened. `tab` tells whether this tab did it, or another one has told of it. */
export interface AuthEvent {
  type:
    | "signed_in"
    | "signed_out"
    | "token_received"
    | "refresh_started"
    | "refresh_failed"
    | "token_dropped";
  tab: "this" | "other";
  /** Why, when it was not asked for: an error's code. */
  code?: string | undefined;
}

export type Listener = (event: AuthEvent | undefined) => void;

export interface AuthStore {
  getState(): AuthState;
  subscribe(listener: Listener): () => void;
  /** Tells of `event`, after the state has changed to `next` where that is given. */
  update(event: AuthEvent | undefined, next?: AuthState): void;
}

/** Holds the state, and tells who listens of each change and of each event. */
export function createAuthStore(initialUser: User | null | undefined): AuthStore {
  const listeners = new Set<Listener>();
  let state = stateOf(initialUser);
  return {
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    update(event, next = state) {
      // Each refresh brings the user along, mostly unchanged, and nobody should render for that.
      const changed = JSON.stringify(next) !== JSON.stringify(state);
      if (changed) state = next;
      if (changed || event) for (const listener of listeners) listener(event);
    },
  };
}

/** The state of a browser whose user is known, known to be nobody (null), or unknown. */
export function stateOf(user: User | null | undefined): AuthState {
  if (user) return { status: "authenticated", user };
  return { status: user === null ? "anonymous" : "loading", user: null };
}
