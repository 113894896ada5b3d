/** Where visitors go after sign-in unless they came from another page. */
const home = "/me";

/**
 * Returns the path to open after sign-in: `value` if it is a path of a page on this origin,
 * otherwise "/me". The URL parser decides, as it does in browsers, because "//evil.example",
 * "/\evil.example" and "/\t/evil.example" lead to another origin (CWE-601).
 */
export function safeNext(value: unknown): string {
  if (typeof value !== "string" || !value.startsWith("/") || value.length > 2048) return home;
  const base = "http://next.invalid";
  const url = URL.canParse(value, base) ? new URL(value, base) : undefined;
  if (url?.origin !== base) return home;
  const path = url.pathname + url.search + url.hash;
  // "/.//evil.example" is on this origin, but its normalized path is not.
  return path.startsWith("//") || url.pathname.startsWith("/api/") ? home : path;
}

/** As `safeNext`, but undefined unless `value` leads to another page than home: not worth carrying. */
export function otherNext(value: unknown): string | undefined {
  const path = safeNext(value);
  return path === home ? undefined : path;
}
