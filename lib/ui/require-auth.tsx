"use client";

import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { AuthEvent } from "#lib/client/auth-client.ts";
import { useAuth } from "#lib/client/auth-provider.tsx";
import type { User } from "#lib/contract/schemas.ts";
import { leaveReason, showLoggedOut, showLogin } from "./leave.ts";
import { SignedOutPanel } from "./signed-out-panel.tsx";

interface RequireAuthProps {
  /** For whom the server has rendered `children`; undefined where it cannot know who is there. */
  userId?: string | undefined;
  children: ReactNode;
}

const UserContext = createContext<User | undefined>(undefined);

/**
 * Around every protected page: nothing of it is shown before somebody is signed in. When the
 * session ends, in whatever tab, what the page holds is gone at once, and then the document is
 * replaced. While a page that came back from the back/forward cache makes sure of its session, it
 * stays hidden.
 */
export function RequireAuth({ userId, children }: RequireAuthProps) {
  const { status, user, subscribe } = useAuth();
  const [latest, setLatest] = useState(user);
  const [owner, setOwner] = useState(userId ?? user?.id);
  if (user && user !== latest) setLatest(user);
  if (user && owner === undefined) setOwner(user.id);
  const leaving = useRef(false);

  // A layout effect, to listen before the client starts and can have anything to tell.
  useLayoutEffect(() => {
    return subscribe((event) => {
      if (event?.type !== "signed_out" || leaving.current) return;
      leaving.current = true;
      leave(event);
    });
  }, [subscribe]);

  const wasHere = latest !== null;
  useEffect(() => {
    // Without an event: nobody was seen signed in, or they signed out on an earlier page and the
    // server is yet to be told.
    if (status !== "anonymous" || leaving.current) return;
    leaving.current = true;
    if (wasHere) leave({ type: "signed_out", tab: "this" });
    else showLogin();
  }, [status, wasHere]);

  const somebodyElse = user !== null && owner !== undefined && user.id !== owner;
  useEffect(() => {
    if (somebodyElse) window.location.reload();
  }, [somebodyElse]);

  if (status === "anonymous" && wasHere) return <SignedOutPanel />;
  const shown = status === "authenticated" && !somebodyElse;
  return (
    <>
      {!shown && <p className="animate-appear text-muted">Making sure that you are signed in…</p>}
      {latest && (
        <UserContext value={latest}>
          <div hidden={!shown}>{children}</div>
        </UserContext>
      )}
    </>
  );
}

/** The signed-in person, as they are now. @throws {Error} outside of RequireAuth */
export function useUser(): User {
  const user = useContext(UserContext);
  if (!user) throw new Error("useUser() needs a <RequireAuth> above it.");
  return user;
}

async function leave({ tab, code }: AuthEvent) {
  await serverWasTold();
  if (tab === "this" && code === undefined) showLoggedOut();
  else showLogin(leaveReason(code) ?? "signed_out");
}

/** Milliseconds: until a tab that signs out has joined the queue for the lock, and to wait there. */
const headStart = 250;
const patience = 3_000;

/**
 * Waits until the tab that signs out, this one or another, has told the server, for which it
 * holds the client's lock. Earlier, leaving would cut off the request, or the login page would
 * find the session alive and send the visitor back here. The news of a sign-out can overtake the
 * request for the lock: browsers make sure first that a page may use locks at all.
 */
async function serverWasTold() {
  await new Promise((resolve) => setTimeout(resolve, headStart));
  const signal = AbortSignal.timeout(patience);
  await navigator.locks?.request("latchkey", { signal }, () => {}).catch(() => {});
}
