import { useEffect } from "react";
import { useAuth } from "#lib/client/auth-provider.tsx";

/**
 * Goes on to `next` as soon as somebody is signed in: by this form, or in another tab. It loads
 * the document anew, so that nothing the router has cached for a stranger is shown to the person.
 */
export function useLeaveWhenSignedIn(next: string) {
  const { isAuthenticated } = useAuth();
  useEffect(() => {
    if (isAuthenticated) window.location.assign(next);
  }, [isAuthenticated, next]);
  return isAuthenticated;
}
