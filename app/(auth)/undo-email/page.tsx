import type { Metadata } from "next";
import { readFlash } from "#lib/server/flash.ts";
import { readMailedLink } from "#lib/server/mailed-link.ts";
import { DeadLink } from "#lib/ui/dead-link.tsx";
import { TokenForm } from "#lib/ui/forms/token-form.tsx";
import { PageHeading } from "#lib/ui/page-heading.tsx";
import type { PageProps } from "#lib/ui/page-props.ts";

export const metadata: Metadata = { title: "Undo the change of your email address" };

export default async function UndoEmailPage({ searchParams }: PageProps) {
  const { token, error } = await searchParams;
  const link = await readMailedLink("undo_email_change", token);
  if (link === undefined || link.kind === "dead") {
    return <DeadLink again={{ href: "/login", label: "Log in" }} />;
  }
  return (
    <>
      <PageHeading title="Was it not you?">
        {link.kind === "live" &&
          `Then ${link.email} becomes the address of the account ${link.username} again. `}
        All devices are signed out, and you choose a new password.
      </PageHeading>
      <TokenForm
        action="email/undo"
        token={link.token}
        label="Undo the change"
        done="/login?reason=email_changed"
        initialProblem={await readFlash("undo-email", error)}
      />
    </>
  );
}
