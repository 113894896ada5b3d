import type { ReactNode } from "react";
import { Notice } from "#lib/ui/notice.tsx";
import { TextLink } from "#lib/ui/text-link.tsx";

/** A mail is on its way. While developing without a mail server it is a click away. */
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
