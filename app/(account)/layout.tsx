import type { ReactNode } from "react";
import { getSession } from "#lib/server/session.ts";
import { RequireAuth } from "#lib/ui/require-auth.tsx";

/** No lock: each page asks for the session itself, because layouts are not rendered every time. */
export default async function AccountLayout({ children }: { children: ReactNode }) {
  const session = await getSession();
  // The page is about to redirect to the login form.
  if (session === null) return children;
  return <RequireAuth userId={session?.user.id}>{children}</RequireAuth>;
}
