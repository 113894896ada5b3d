import type { ReactNode } from "react";
import { getSession } from "#lib/server/session.ts";
import { RequireAuth } from "#lib/ui/require-auth.tsx";

/** Not the lock: pages require the session, because Next skips layouts on some navigations. */
export default async function AccountLayout({ children }: { children: ReactNode }) {
  const session = await getSession();
  // The page below redirects to the sign-in page.
  if (session === null) return children;
  return <RequireAuth userId={session?.user.id}>{children}</RequireAuth>;
}
