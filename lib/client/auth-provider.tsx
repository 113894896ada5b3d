"use client";

import {
  createContext,
  type ReactNode,
  useContext,
  useLayoutEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import type { User } from "#lib/contract/schemas.ts";
import { type AuthClient, type AuthState, createAuthClient } from "./auth-client.ts";

/** What `useAuth()` gives: the state, and what can be done about it. */
export interface Auth extends AuthState, Omit<AuthClient, "getState" | "start"> {
  isAuthenticated: boolean;
  loading: boolean;
}

interface AuthProviderProps {
  /** Who the server knows to be signed in, null for nobody, undefined when it does not know. */
  initialUser: User | null | undefined;
  /** The API's origin when it is not the page's own. */
  apiHost?: string;
  children: ReactNode;
}

const AuthContext = createContext<Auth | undefined>(undefined);

/**
 * Makes the auth client of this document; it belongs into the root layout. Later values of
 * `initialUser` and `apiHost` are not looked at: from then on the client itself knows.
 */
export function AuthProvider({ initialUser, apiHost, children }: AuthProviderProps) {
  const [client] = useState(() => createAuthClient({ initialUser, apiHost }));
  // Until it starts the client's state is what the server has rendered, so it serves for both.
  const state = useSyncExternalStore(client.subscribe, client.getState, client.getState);

  // Before the passive effects of the pages, which may ask for a token: by then the client hears
  // the other tabs. After their layout effects, which may subscribe.
  useLayoutEffect(() => client.start(), [client]);

  const auth = useMemo(() => {
    const { getState, start, ...actions } = client;
    const { status } = state;
    const isAuthenticated = status === "authenticated";
    return { ...actions, ...state, isAuthenticated, loading: status === "loading" };
  }, [client, state]);
  return <AuthContext value={auth}>{children}</AuthContext>;
}

/** The session of this browser. @throws {Error} without an AuthProvider above. */
export function useAuth(): Auth {
  const auth = useContext(AuthContext);
  if (!auth) throw new Error("useAuth() needs an <AuthProvider> above it.");
  return auth;
}
