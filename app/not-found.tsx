import type { Metadata } from "next";
import { buttonClass } from "#lib/ui/button.tsx";
import { PageHeading } from "#lib/ui/page-heading.tsx";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <>
      <PageHeading title="There is nothing here">
        The address may be mistyped, or the page has moved.
      </PageHeading>
      <a href="/" className={buttonClass("secondary")}>
        Go to the start
      </a>
    </>
  );
}
