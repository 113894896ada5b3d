"use client";

import { useState } from "react";
import { useAuth } from "#lib/client/auth-provider.tsx";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { ActionForm } from "#lib/ui/forms/action-form.tsx";
import { CodeLoginForm } from "#lib/ui/forms/code-login-form.tsx";
import { EmailField } from "#lib/ui/forms/email-field.tsx";
import { MailSent } from "#lib/ui/forms/mail-sent.tsx";

interface EmailLoginFormProps {
  next: string;
  email: string | undefined;
  /** Whether a browser without scripts has just posted the form. */
  sent: boolean;
  initialProblem: FormProblem | null;
}

/** Asks for the email, then for the code in it. */
export function EmailLoginForm({ next, email, sent, initialProblem }: EmailLoginFormProps) {
  const { request } = useAuth();
  const [sentTo, setSentTo] = useState(sent ? email : undefined);
  if (sentTo !== undefined) {
    return (
      <div className="space-y-8">
        <MailSent>
          If there is an account with {sentTo}, a mail is on its way. Follow its link in this
          browser, or type its code here.
        </MailSent>
        <CodeLoginForm next={next} email={sentTo} initialProblem={null} />
      </div>
    );
  }
  return (
    <ActionForm
      action="login/email"
      initialProblem={initialProblem}
      hidden={{ next }}
      onSend={async ({ email: to = "" }) => {
        await request("POST", "/api/auth/login/email", { email: to, next }, { bearer: false });
        setSentTo(to);
      }}
      label="Email me a link"
      busyLabel="Sending…"
      wide
    >
      {(problem) => <EmailField defaultValue={email} problem={problem} />}
    </ActionForm>
  );
}
