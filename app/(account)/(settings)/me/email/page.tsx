import type { Metadata } from "next";
import { canSendEmail, config } from "#lib/config/index.ts";
import { mailTokenLifetimes } from "#lib/contract/lifetimes.ts";
import { durationWords } from "#lib/format.ts";
import { readFlash } from "#lib/server/flash.ts";
import { requireSession } from "#lib/server/session.ts";
import { Card } from "#lib/ui/card.tsx";
import { NoMail } from "#lib/ui/no-mail.tsx";
import { PageHeading } from "#lib/ui/page-heading.tsx";
import type { PageProps } from "#lib/ui/page-props.ts";
import { ChangeEmailForm } from "./change-email-form.tsx";
import { EmailStatus } from "./email-status.tsx";

export const metadata: Metadata = { title: "Email" };

export default async function EmailPage({ searchParams }: PageProps) {
  await requireSession({ allowUnknown: true });
  const { error, done } = await searchParams;
  const flash = await readFlash("email", error ?? done);
  if (!canSendEmail(config())) {
    return (
      <>
        <PageHeading title="Email">What you can log in with, besides your username.</PageHeading>
        <Card>
          <EmailStatus />
          <div className="mt-3">
            <NoMail>A new address would have to be confirmed first.</NoMail>
          </div>
        </Card>
      </>
    );
  }
  return (
    <>
      <PageHeading title="Email">
        Where we write to you, and what you can log in with. A new address counts once you have
        confirmed it; the old one can undo that for{" "}
        {durationWords(mailTokenLifetimes.undo_email_change)}.
      </PageHeading>
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Card>
          <EmailStatus />
        </Card>
        <Card>
          <h2 className="mb-5 text-lg">Change it</h2>
          <ChangeEmailForm
            initialProblem={error ? flash : null}
            email={flash?.values.email}
            sent={Boolean(flash && done)}
          />
        </Card>
      </div>
    </>
  );
}
