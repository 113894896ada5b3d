import type { ReactNode } from "react";
import { Notice } from "#lib/ui/notice.tsx";
import { TextLink } from "#lib/ui/text-link.tsx";

/** Says that an email is on its way. In development without a mail server, links to the mailbox. */
export function MailSent({ children }: { children: ReactNode }) {
  return (
    <Notice tone="success" role="status">
      {children}
      {process.env.NODE_ENV === "development" && (
        <>
          {" "}
          Without SMTP_URL it is in the <TextLink href="/dev/mail">development mailbox</TextLink>.
        </>
      )}
    </Notice>
  );
}
