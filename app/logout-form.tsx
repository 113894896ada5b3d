"use client";

import type { SubmitEvent } from "react";
import { useAuth } from "#lib/client/auth-provider.tsx";
import { Button } from "#lib/ui/button.tsx";
import { showLoggedOut } from "#lib/ui/leave.ts";

/** A form that works without scripts. With scripts, every tab is signed out at once. */
export function LogoutForm() {
  const { logout } = useAuth();

  async function onSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    await logout();
    showLoggedOut();
  }

  return (
    <form method="post" action="/api/auth/logout" onSubmit={onSubmit}>
      <Button type="submit" variant="quiet" className="-mr-4 whitespace-nowrap">
        Sign out
      </Button>
    </form>
  );
}
