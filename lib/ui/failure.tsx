"use client";

import { Button } from "./button.tsx";
import { PageHeading } from "./page-heading.tsx";

/** In place of a page that could not be made. Nobody is signed out by that. */
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
