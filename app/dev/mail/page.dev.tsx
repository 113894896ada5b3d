import type { Metadata } from "next";
import { developmentMailbox } from "#lib/mail/development-mailbox.ts";
import { PageHeading } from "#lib/ui/page-heading.tsx";
import type { PageProps } from "#lib/ui/page-props.ts";
import { Mailbox } from "./mailbox.tsx";

export const metadata: Metadata = { title: "Mailbox" };
export const dynamic = "force-dynamic";

/** Exists in development only: in production next.config.js leaves its file extension out. */
export default async function MailboxPage({ searchParams }: PageProps) {
  const { id } = await searchParams;
  const messages = developmentMailbox();
  return (
    <>
      <PageHeading title="Mailbox">
        What would have been sent, were there a mail server (SMTP_URL). Kept until the development
        server stops; not there in production.
      </PageHeading>
      <Mailbox
        messages={messages}
        shown={messages.find((message) => message.id === id) ?? messages[0]}
      />
    </>
  );
}
