/**
 * Where to go when a session has ended. Each way loads a new document, so that nothing of the
 * account stays in the page or in the router's cache.
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

/** Why a user who was signed in sees the login page. */
export type LeaveReason = (typeof reasons)[number];

/** Returns `value` if it is a reason, undefined otherwise. */
export function leaveReason(value: unknown): LeaveReason | undefined {
  return reasons.find((reason) => reason === value);
}

let leaving = false;

// A page from the back/forward cache may have to leave once more.
if (typeof window !== "undefined") {
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) leaving = false;
  });
}

/** The first caller decides: a second navigation would cut the first one off. */
function leaveFor(url: string) {
  if (leaving) return;
  leaving = true;
  window.location.replace(url);
}

/** After a sign-out in this tab. Offline nothing could be loaded, so the page stays. */
export function showLoggedOut() {
  if (navigator.onLine) leaveFor("/logged-out");
  else window.addEventListener("online", showLoggedOut, { once: true });
}

/** Where nobody is signed in; `reason` says why a session ended. Signing in leads back here. */
export function showLogin(reason?: LeaveReason) {
  const next = window.location.pathname + window.location.search;
  leaveFor(`/login?${new URLSearchParams({ ...(reason && { reason }), next })}`);
}
