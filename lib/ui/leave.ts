/**
 * Where to go when a session has ended. The document is loaded anew each time, so that nothing of
 * the account is left in the page or in the router's cache.
 */

const reasons = [
  "signed_out",
  "session_expired",
  "session_revoked",
  "password_changed",
  "password_reset",
  "email_changed",
  "account_deletion",
  "refresh_reused",
] as const;

/** Why the login page is shown to somebody who was signed in. */
export type LeaveReason = (typeof reasons)[number];

/** `value` as a reason, or undefined. */
export function leaveReason(value: unknown): LeaveReason | undefined {
  return reasons.find((reason) => reason === value);
}

let leaving = false;

// A page that comes back from the back/forward cache may have to leave once more.
if (typeof window !== "undefined") {
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) leaving = false;
  });
}

/** Whoever is first decides: a second navigation would only cut off the one that has begun. */
function leaveFor(url: string) {
  if (leaving) return;
  leaving = true;
  window.location.replace(url);
}

/** After signing out here. Without a connection nothing could be loaded, and the page stays. */
export function showLoggedOut() {
  if (navigator.onLine) leaveFor("/logged-out");
  else window.addEventListener("online", showLoggedOut, { once: true });
}

/**
 * Where nobody is signed in, or no longer: then `reason` says why. Signing in leads back to this
 * page.
 */
export function showLogin(reason?: LeaveReason) {
  const next = window.location.pathname + window.location.search;
  leaveFor(`/login?${new URLSearchParams({ ...(reason && { reason }), next })}`);
}
