import type { ReactNode } from "react";
import { getSession } from "#lib/server/session.ts";
import { RequireAuth } from "#lib/ui/require-auth.tsx";

/** Not the lock: each page requires the session itself, because Next does not render layouts anew on every navigation. */
export default async function AccountLayout({ children }: { children: ReactNode }) {
  const session = await getSession();
  // The page below redirects to the sign-in page.
  if (session === null) return children;
  return <RequireAuth userId={session?.user.id}>{children}</RequireAuth>;
}
