/** The pages that need a session, and all pages below them. A test compares the list with app/. */
export const protectedPaths = ["/me", "/sessions", "/ping"];

/** Whether `pathname` is one of `paths` or lies below one. */
export function isProtectedPath(pathname: string, paths = protectedPaths): boolean {
  return paths.some((path) => pathname === path || pathname.startsWith(`${path}/`));
}
