"use client";

import { Button } from "./button.tsx";
import { PageHeading } from "./page-heading.tsx";

/** Shown instead of a page that failed to render. The session goes on. */
export function Failure() {
  return (
    <>
      <PageHeading title="Something went wrong on our side">
        The page could not be made just now. You are still signed in if you were; try again in a
        moment.
      </PageHeading>
      <Button onClick={() => window.location.reload()}>Try again</Button>
    </>
  );
}
