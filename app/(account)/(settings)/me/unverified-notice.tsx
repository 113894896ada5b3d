"use client";

import { useState } from "react";
import { useAuth } from "#lib/client/auth-provider.tsx";
import { useCanMail } from "#lib/ui/can-mail.tsx";
import { ActionForm } from "#lib/ui/forms/action-form.tsx";
import { MailSent } from "#lib/ui/forms/mail-sent.tsx";
import { Notice } from "#lib/ui/notice.tsx";
import { useUser } from "#lib/ui/require-auth.tsx";
import { TextLink } from "#lib/ui/text-link.tsx";

/** Asks a user with an unconfirmed address to confirm it. */
export function UnverifiedNotice() {
  const { request } = useAuth();
  const { email, email_verified } = useUser();
  const canMail = useCanMail();
  const [sent, setSent] = useState(false);
  if (email_verified || !canMail) return null;
  if (sent) {
    return (
      <div className="mb-6">
        <MailSent>
          We have written to {email} once more. Follow the link in the mail, or{" "}
          <TextLink href="/verify-email">type its code</TextLink>.
        </MailSent>
      </div>
    );
  }
  return (
    <Notice className="mb-6 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
      <p>
        Please confirm that {email} is yours: follow the link in our mail, or{" "}
        <TextLink href="/verify-email">type its code</TextLink>.
      </p>
      <ActionForm
        action="email/verify/send"
        hidden={{ email }}
        onSend={async () => {
          await request("POST", "/api/auth/email/verify/send", { email }, { bearer: false });
          setSent(true);
        }}
        label="Send it again"
        busyLabel="Sending…"
        variant="secondary"
      />
    </Notice>
  );
}
