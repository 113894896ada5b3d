import type { Metadata } from "next";
import { mailTokenLifetimes } from "#lib/contract/lifetimes.ts";
import { durationWords } from "#lib/format.ts";
import { readFlash } from "#lib/server/flash.ts";
import { readMailedLink } from "#lib/server/mailed-link.ts";
import { buttonClass } from "#lib/ui/button.tsx";
import { DeadLink } from "#lib/ui/dead-link.tsx";
import { TokenForm } from "#lib/ui/forms/token-form.tsx";
import { PageHeading } from "#lib/ui/page-heading.tsx";
import type { PageProps } from "#lib/ui/page-props.ts";

export const metadata: Metadata = { title: "Confirm your new email address" };

export default async function ConfirmEmailPage({ searchParams }: PageProps) {
  const { token, error, done } = await searchParams;
  if (done === "confirmed") {
    return (
      <>
        <PageHeading title="Your address is changed">
          From now on we write to the new one. The old one was told, and can undo it for{" "}
          {durationWords(mailTokenLifetimes.undo_email_change)}.
        </PageHeading>
        <a href="/me/email" className={buttonClass("primary")}>
          Go to your settings
        </a>
      </>
    );
  }
  const link = await readMailedLink("change_email", token);
  if (link === undefined || link.kind === "dead") {
    return <DeadLink again={{ href: "/me/email", label: "Go to your settings" }} />;
  }
  return (
    <>
      <PageHeading title="Use this address?">
        {link.kind === "live" &&
          `${link.email} becomes the address of the account ${link.username}.`}
      </PageHeading>
      <TokenForm
        action="email/confirm"
        token={link.token}
        label="Use this address"
        done="/confirm-email?done=confirmed"
        initialProblem={await readFlash("confirm-email", error)}
      />
    </>
  );
}
