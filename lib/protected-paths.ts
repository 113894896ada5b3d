/** The pages that need a session: the one list that the gate and the tests read. */
export const protectedPaths = ["/me", "/sessions", "/ping"];

/** Whether `pathname` is a protected page or lies below one. */
export function isProtectedPath(pathname: string): boolean {
  return protectedPaths.some((path) => pathname === path || pathname.startsWith(`${path}/`));
}
