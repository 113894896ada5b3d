/**
 * Names that deployed servers, browsers and databases already share. Each one says what breaks if it
 * changes. None follows from what people read (the product may be renamed), and there are no
 * imports, because the browser, the edge and the server all use this file.
 */

/** HKDF info labels (RFC 5869 §3.2), one for each purpose. Another label derives another key. */
export const keyLabels = {
  /** A change signs everyone out. */
  "refresh token": "latchkey refresh token",
  /** A change makes every browser a new one: owners get a notice when they sign in again. */
  "device cookie": "latchkey known browser",
  /** A change has people who have just signed up type their password when they confirm. */
  "sign-up cookie": "latchkey sign-up",
  /** A change loses the messages of forms that are posted during the deployment. */
  "form flash": "latchkey form flash",
  /** A change makes an API ignore the addresses that pages of the other version forward. */
  "forwarded address": "latchkey forwarded address",
  /**
   * Derives the number by which a seal names its password. After a change no earlier seal opens: no
   * refresh token, no device cookie, no email that waits.
   */
  "seal id": "latchkey seal id",
  /** A change loses the private signing keys. A new one is created; tokens in use stay valid. */
  "signing key": "latchkey signing key",
  /** A change forgets every attempt that was counted. */
  "rate limit key": "latchkey rate limit key",
  /** A change drops the emails that wait to be sent. */
  mail: "latchkey mail",
  /** A change voids the codes in emails that have been sent; their links go on working. */
  "mail code": "latchkey mail code",
} as const;

/** The default of JWT_COOKIE_NAME. A change signs out everyone whose deployment has the default. */
export const refreshCookieName = "refresh_token";

/** A change makes every browser a new one, as a change of its key label does. */
export const deviceCookieName = "known_browser";

/** A change voids the codes in emails that have been sent; their links go on working. */
export const requestCookieName = "mail_request";

/** A change has people who have just signed up type their password when they confirm. */
export const signUpCookieName = "sign_up";

/** A change loses the messages of forms that are posted during the deployment. */
export const flashCookieName = "form_flash";

/**
 * Secure cookies of ours carry the first of these, or the second when they have a Domain (RFC 6265bis
 * §4.1.3). A change of the rule renames the cookies: unless the former name is read as well
 * (lib/config/cookie.ts), everyone is signed out.
 */
export const hostPrefix = "__Host-";
export const securePrefix = "__Secure-";

/** Headers of our own start with this; pages drop them from requests that they pass on. */
export const headerPrefix = "x-latchkey-";

/** A change makes an API ignore the addresses that pages of the other version forward. */
export const forwardedAddressHeader = `${headerPrefix}forwarded`;

/** Never leaves the process. A change breaks nothing, unless a proxy strips the header by name. */
export const peerAddressHeader = `${headerPrefix}peer`;

/**
 * Carries a page's path and query from the middleware, which overwrites what a visitor sends, to
 * `requireSession`. A change breaks nothing.
 */
export const pathHeader = `${headerPrefix}path`;

/**
 * The `client_id` of access tokens (RFC 9068 §2.2). A change voids the tokens in use, and every
 * verifier that checks the claim.
 */
export const clientId = "latchkey";

/** The `typ` of access tokens (RFC 9068 §2.1). A change does as much. */
export const accessTokenType = "at+jwt";

/**
 * The Web Lock under which one tab refreshes. With two names, tabs that were loaded before and after
 * a change refresh at once, and one of them is told to try again (409).
 */
export const lockName = "latchkey";

/** The BroadcastChannel of the tabs. Tabs that differ do not hear of each other's sign-outs. */
export const channelName = "latchkey";

/** The localStorage key of a pending sign-out. A change forgets those that are pending. */
export const pendingLogoutKey = "latchkey.logout_owed";

/**
 * The prefix of what a process keeps on `globalThis`. Modules of two builds in one process would
 * each open the database, and two connections to one SQLite file can deadlock.
 */
export const globalPrefix = "latchkey.";
