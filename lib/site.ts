/**
 * What people read of the product. To rename it, edit this file: no session, key or cookie breaks,
 * because the names that must never change are in protocol.ts.
 */
export const appName = "Latchkey";

/** The name in file names and in the user agent: lowercase letters, digits and hyphens. */
export const appSlug = "latchkey";

/** What the product is, after its name. */
export const appTagline = "sign-in for Next.js";

/** What search engines show below the title. */
export const appDescription = "Sign-in for Next.js that keeps people signed in.";
