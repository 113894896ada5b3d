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
import type { User } from "#lib/contract/answers.ts";
import { leaveReason, showLoggedOut, showLogin } from "./leave.ts";
import { SignedOutPanel } from "./signed-out-panel.tsx";

interface RequireAuthProps {
  /** The user for whom the server rendered `children`; undefined where it cannot tell. */
  userId?: string | undefined;
  children: ReactNode;
}

const UserContext = createContext<User | undefined>(undefined);

/**
 * Wraps every protected page and shows nothing of it before a user is signed in. When the session
 * ends, in any tab, the page's content is removed at once, and then the document is replaced. A
 * page from the back/forward cache stays hidden until the client has checked its session.
 */
export function RequireAuth({ userId, children }: RequireAuthProps) {
  const { status, user, subscribe, whenSignedOut } = useAuth();
  const [latest, setLatest] = useState(user);
  const [owner, setOwner] = useState(userId ?? user?.id);
  if (user && user !== latest) setLatest(user);
  if (user && owner === undefined) setOwner(user.id);
  const leaving = useRef(false);

  // A layout effect runs before the client starts, so that no event is missed.
  useLayoutEffect(() => {
    return subscribe((event) => {
      if (event?.type !== "signed_out" || leaving.current) return;
      leaving.current = true;
      whenSignedOut().then(() => leave(event));
    });
  }, [subscribe, whenSignedOut]);

  const hadUser = latest !== null;
  useEffect(() => {
    if (status !== "anonymous" || leaving.current) return;
    leaving.current = true;
    // No event: the user signed out on an earlier page, and the server does not know yet. Or the
    // page never had a user.
    if (hadUser) whenSignedOut().then(showLoggedOut);
    else showLogin();
  }, [status, hadUser, whenSignedOut]);

  const anotherUser = user !== null && owner !== undefined && user.id !== owner;
  useEffect(() => {
    if (anotherUser) window.location.reload();
  }, [anotherUser]);

  if (status === "anonymous" && hadUser) return <SignedOutPanel />;
  const shown = status === "authenticated" && !anotherUser;
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

/**
 * The signed-in user, with the latest changes.
 * @throws {Error} outside of RequireAuth
 *
 * @example
 * const { username, email } = useUser();
 */
export function useUser(): User {
  const user = useContext(UserContext);
  if (!user) throw new Error("useUser() needs a <RequireAuth> above it.");
  return user;
}

function leave({ tab, code }: AuthEvent) {
  if (tab === "this" && code === undefined) showLoggedOut();
  else showLogin(leaveReason(code) ?? "signed_out");
}
