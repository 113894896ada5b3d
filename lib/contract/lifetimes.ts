/**
 * How long things last, in milliseconds: the core enforces these, and every sentence that states
 * one formats it with `durationWords` (lib/format.ts). Safe for the browser.
 */
const minute = 60 * 1000;
const day = 24 * 60 * minute;

/** Emailed links and codes, by purpose. What signs in may live for ten minutes (ASVS 6.5.5). */
export const mailTokenLifetimes = {
  verify_email: 60 * minute,
  reset_password: 30 * minute,
  sign_in: 10 * minute,
  change_email: 60 * minute,
  /** How long the owner of the old address can undo a change. */
  undo_email_change: 7 * day,
};

/**
 * How old an account is before an address that it never verified can undo a change. A younger one may
 * have been created with a mistyped address, whose owner is a stranger.
 */
export const undoUnverifiedAfter = 3 * day;

/** How long a username that was given up is kept from others, for its owner to take back. */
export const usernameHold = 30 * day;

/** How long a sign-up waits for its address to be confirmed, and a browser counts as its own. */
export const signUpLifetime = 7 * day;

/** From the request to delete an account until it is gone; signing in before then keeps it. */
export const deletionGracePeriod = 7 * day;

/** How long after a sign-in a session may do what needs a recent one ("step-up", ASVS 7.5.3). */
export const recentSignIn = 10 * minute;

/** How long a key signs access tokens before the next one is created. */
export const signingKeyRotation = 30 * day;

/** From publishing a key until it signs: twice as long as verifiers may cache the JWKS. */
export const signingKeyLeadTime = 10 * minute;

/** How long the audit log keeps an event. */
export const auditRetention = 90 * day;
