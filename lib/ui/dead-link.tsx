import { buttonClass } from "./button.tsx";
import { PageHeading } from "./page-heading.tsx";

/** Shown instead of a page whose emailed link is no longer valid, with a way to go on. */
export function DeadLink({ again }: { again: { href: string; label: string } }) {
  return (
    <>
      <PageHeading title="This link is no longer good">
        It has been used, is too old, or your account has changed since it was sent.
      </PageHeading>
      <a href={again.href} className={buttonClass("primary")}>
        {again.label}
      </a>
    </>
  );
}
