"use client";

import { useState } from "react";
import { useAuth } from "#lib/client/auth-provider.tsx";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { ActionForm } from "#lib/ui/forms/action-form.tsx";
import { CurrentPasswordWithoutScripts } from "#lib/ui/forms/current-password.tsx";
import { EmailField } from "#lib/ui/forms/email-field.tsx";
import { MailSent } from "#lib/ui/forms/mail-sent.tsx";
import { useRecentSignIn } from "#lib/ui/forms/recent-sign-in.tsx";

interface ChangeEmailFormProps {
  initialProblem: FormProblem | null;
  email: string | undefined;
  /** Whether a browser without scripts has just posted the form, with success. */
  sent: boolean;
}

export function ChangeEmailForm({ initialProblem, email, sent }: ChangeEmailFormProps) {
  const { request } = useAuth();
  const { withRecentSignIn, dialog } = useRecentSignIn();
  const [sentTo, setSentTo] = useState(sent ? email : undefined);

  async function send({ email: to = "" }: Record<string, string>) {
    await withRecentSignIn(async () => {
      await request("POST", "/api/auth/email/change", { email: to });
      setSentTo(to);
    });
  }

  if (sentTo !== undefined) {
    return (
      <MailSent>
        We have written to {sentTo}. Follow the link in that mail, and the address is yours; until
        then nothing changes.
      </MailSent>
    );
  }
  return (
    <>
      <ActionForm
        action="email/change"
        initialProblem={initialProblem}
        onSend={send}
        label="Change the address"
        busyLabel="Sending a mail…"
      >
        {(problem) => (
          <>
            <EmailField
              label="New address"
              defaultValue={email}
              autoComplete="email"
              problem={problem}
            />
            <CurrentPasswordWithoutScripts problem={problem} />
          </>
        )}
      </ActionForm>
      {dialog}
    </>
  );
}
