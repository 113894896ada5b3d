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
import type { User } from "#lib/contract/answers.ts";
import { type AuthClient, type AuthState, createAuthClient } from "./auth-client.ts";

/** The session's state, and the client's functions. */
export interface Auth extends AuthState, Omit<AuthClient, "getState" | "start"> {
  isAuthenticated: boolean;
  loading: boolean;
}

interface AuthProviderProps {
  /** The signed-in user, null when there is none, undefined when the server does not know. */
  initialUser: User | null | undefined;
  /** The API's origin, when it is not the page's own. */
  apiHost?: string;
  children: ReactNode;
}

const AuthContext = createContext<Auth | undefined>(undefined);

/**
 * Creates the auth client of the document; place it in the root layout. Later values of
 * `initialUser` and `apiHost` are ignored: from then on the client knows better.
 *
 * @example
 * const session = await getSession();
 * const initialUser = session === null ? null : session?.user;
 * <AuthProvider initialUser={initialUser}>{children}</AuthProvider>
 */
export function AuthProvider({ initialUser, apiHost, children }: AuthProviderProps) {
  const [client] = useState(() => createAuthClient({ initialUser, apiHost }));
  // Before the client starts, its state is the one that the server rendered.
  const state = useSyncExternalStore(client.subscribe, client.getState, client.getState);

  // A layout effect runs before the pages' passive effects, which may need a token that another tab
  // has. It runs after their layout effects, which may subscribe.
  useLayoutEffect(() => client.start(), [client]);

  const auth = useMemo(() => {
    const { getState, start, ...actions } = client;
    return {
      ...actions,
      ...state,
      isAuthenticated: state.status === "authenticated",
      loading: state.status === "loading",
    };
  }, [client, state]);
  return <AuthContext value={auth}>{children}</AuthContext>;
}

/**
 * The session of this browser.
 * @throws {Error} without an AuthProvider above
 *
 * @example
 * const { user, isAuthenticated, request, logout } = useAuth();
 * const { invoices } = await request<{ invoices: Invoice[] }>("GET", "/api/invoices");
 */
export function useAuth(): Auth {
  const auth = useContext(AuthContext);
  if (!auth) throw new Error("useAuth() needs an <AuthProvider> above it.");
  return auth;
}
