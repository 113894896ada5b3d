import type { Metadata } from "next";
import { developmentMailbox } from "#lib/mail/development-mailbox.ts";
import { PageHeading } from "#lib/ui/page-heading.tsx";
import type { PageProps } from "#lib/ui/page-props.ts";
import { Mailbox } from "./mailbox.tsx";

export const metadata: Metadata = { title: "Mailbox" };
export const dynamic = "force-dynamic";

/** Exists while developing only: production knows no such file extension (next.config.js). */
export default async function MailboxPage({ searchParams }: PageProps) {
  const { id } = await searchParams;
  const letters = developmentMailbox();
  return (
    <>
      <PageHeading title="Mailbox">
        What would have been sent, were there a mail server (SMTP_URL). Kept until the development
        server stops; not there in production.
      </PageHeading>
      <Mailbox letters={letters} shown={letters.find((letter) => letter.id === id) ?? letters[0]} />
    </>
  );
}
