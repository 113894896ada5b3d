"use client";

import { useAuth } from "#lib/client/auth-provider.tsx";
import { buttonClass } from "#lib/ui/button.tsx";
import { PageHeading } from "#lib/ui/page-heading.tsx";

/** Where signing out leads. A visitor who is signed in, in this tab or another, is told so. */
export function LoggedOut() {
  const { user } = useAuth();
  if (user) {
    return (
      <>
        <PageHeading title="You are signed in">
          As {user.username}, in this browser and all its tabs.
        </PageHeading>
        <a href="/me" className={buttonClass("secondary")}>
          Go to your profile
        </a>
      </>
    );
  }
  return (
    <>
      <PageHeading title="You are signed out">
        In this browser and all its tabs. Nothing of your account is left here.
      </PageHeading>
      <a href="/login" className={buttonClass("secondary")}>
        Log in again
      </a>
    </>
  );
}
