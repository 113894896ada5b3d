import { useEffect } from "react";
import { useAuth } from "#lib/client/auth-provider.tsx";

/**
 * Goes to `next` as soon as a user is signed in, by this form or in another tab. It loads a new
 * document, so that the user sees nothing that the router cached for a visitor. Returns whether it
 * is leaving.
 */
export function useLeaveWhenSignedIn(next: string) {
  const { isAuthenticated } = useAuth();
  useEffect(() => {
    if (isAuthenticated) window.location.assign(next);
  }, [isAuthenticated, next]);
  return isAuthenticated;
}
