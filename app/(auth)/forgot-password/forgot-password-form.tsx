"use client";

import { useState } from "react";
import { useAuth } from "#lib/client/auth-provider.tsx";
import { mailTokenLifetimes } from "#lib/contract/lifetimes.ts";
import { durationWords } from "#lib/format.ts";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { ActionForm } from "#lib/ui/forms/action-form.tsx";
import { EmailField } from "#lib/ui/forms/email-field.tsx";
import { MailSent } from "#lib/ui/forms/mail-sent.tsx";

interface ForgotPasswordFormProps {
  next?: string | undefined;
  initialProblem: FormProblem | null;
  email: string | undefined;
  /** Whether a browser without scripts has just posted the form. */
  sent: boolean;
}

export function ForgotPasswordForm(props: ForgotPasswordFormProps) {
  const { next, initialProblem, email, sent } = props;
  const { request } = useAuth();
  const [sentTo, setSentTo] = useState(sent ? email : undefined);
  if (sentTo !== undefined) {
    return (
      <MailSent>
        If there is an account with {sentTo}, a mail with a link is on its way. The link is good for{" "}
        {durationWords(mailTokenLifetimes.reset_password)}.
      </MailSent>
    );
  }
  return (
    <ActionForm
      action="password/forgot"
      initialProblem={initialProblem}
      hidden={next ? { next } : {}}
      onSend={async (fields) => {
        const { email: to = "" } = fields;
        await request("POST", "/api/auth/password/forgot", fields, { bearer: false });
        setSentTo(to);
      }}
      label="Send me a link"
      busyLabel="Sending…"
      wide
    >
      {(problem) => <EmailField defaultValue={email} problem={problem} />}
    </ActionForm>
  );
}
