import { buttonClass } from "./button.tsx";
import { PageHeading } from "./page-heading.tsx";

/** In place of a page whose mailed link is worth nothing any more, with the way on. */
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
