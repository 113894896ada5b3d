/** Where a visitor goes after signing in when nothing better is known. */
const home = "/me";

/**
 * The path to go on to after sign-in: `value` when it is a path on this origin, otherwise "/me".
 * The URL parser decides, as the browser will, so that "//evil.example", "/\evil.example" and
 * "/\t/evil.example" are seen for what they are (CWE-601).
 */
export function safeNext(value: unknown): string {
  if (typeof value !== "string" || !value.startsWith("/") || value.length > 2048) return home;
  const base = "http://next.invalid";
  const url = URL.canParse(value, base) ? new URL(value, base) : undefined;
  if (url?.origin !== base) return home;
  const path = url.pathname + url.search + url.hash;
  // "/.//evil.example" is on this origin, but what is left of it is not.
  return path.startsWith("//") || url.pathname.startsWith("/api/") ? home : path;
}
