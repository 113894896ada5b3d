import type { User } from "#lib/contract/answers.ts";
import { type AuthEvent, type AuthState, authStateOf, type Listener } from "./auth-state.ts";
import { type Message, openChannel } from "./channel.ts";
import { readClock } from "./clock.ts";
import type { PendingLogout } from "./pending-logout.ts";
import type { RefreshScheduler } from "./refresh-scheduler.ts";
import { afterMessage, initialState, type SessionState } from "./session-state.ts";

export interface SharedSession {
  /** What the page may know. It never holds a token. */
  getState(): AuthState;
  subscribe(listener: Listener): () => void;
  /** What the client knows. */
  read(): SessionState;
  /** Changes the state of this tab alone. */
  change(transition: (state: SessionState) => SessionState): void;
  /** Changes the state of every tab. */
  share(message: Message): void;
  /** Tells this tab's page what happened. */
  report(type: AuthEvent["type"], code?: string): void;
  /** Hears the other tabs. Returns a function that stops. */
  listen(): () => void;
}

/**
 * Holds what this tab knows about the session, in step with the other tabs. The access token lives
 * in this closure and nowhere else.
 */
export function createSharedSession(
  initialUser: User | null | undefined,
  pendingLogout: PendingLogout,
  scheduler: RefreshScheduler,
): SharedSession {
  const listeners = new Set<Listener>();
  let channel: BroadcastChannel | undefined;
  let state = initialState(initialUser);
  let published = authStateOf(initialUser);

  function set(next: SessionState, event?: AuthEvent) {
    state = next;
    const fresh = authStateOf(state.user);
    // Every refresh brings the user along, mostly unchanged, and no page should render for that.
    const changed = JSON.stringify(fresh) !== JSON.stringify(published);
    if (changed) published = fresh;
    if (changed || event) for (const listener of listeners) listener(event);
  }

  function apply(message: Message, tab: AuthEvent["tab"]) {
    const next = afterMessage(state, message, readClock());
    if (next === state) return;
    // The server ended the old session as it started the new one.
    if (message.type === "signed_in") pendingLogout.clear();
    if (tab === "this") channel?.postMessage(message);
    set(next, eventOf(message, tab, state.known));
    if ("answer" in message) scheduler.succeeded();
  }

  return {
    getState: () => published,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read: () => state,
    change: (transition) => set(transition(state)),
    report: (type, code) => set(state, { type, tab: "this", code }),
    share: (message) => apply(message, "this"),
    listen() {
      channel = openChannel((message) => apply(message, "other"));
      return () => {
        channel?.close();
        channel = undefined;
      };
    },
  };
}

/** The event that the page hears, if any. `known` is whether it had seen its user signed in. */
function eventOf(message: Message, tab: AuthEvent["tab"], known: boolean): AuthEvent | undefined {
  if (message.type === "signed_out") {
    return known ? { type: "signed_out", tab, code: message.code } : undefined;
  }
  return "answer" in message ? { type: message.type, tab } : undefined;
}
