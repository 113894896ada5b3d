"use client";

import { useState } from "react";
import { useAuth } from "#lib/client/auth-provider.tsx";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { ActionForm } from "./action-form.tsx";
import { CodeField } from "./code-field.tsx";
import { EmailField } from "./email-field.tsx";
import { MailSent } from "./mail-sent.tsx";

interface VerifyEmailFormProps {
  email: string | undefined;
  /** Whether an email has just been sent. */
  sent: boolean;
  initialProblem: FormProblem | null;
}

/** Takes the code, for people who read the email on another device, and sends another email. */
export function VerifyEmailForm({ email, sent, initialProblem }: VerifyEmailFormProps) {
  const { request } = useAuth();
  const [sentTo, setSentTo] = useState(sent ? email : undefined);
  return (
    <div className="space-y-8">
      {sentTo !== undefined && (
        <MailSent>
          We have written to {sentTo}. Follow the link in the mail, or type its code here.
        </MailSent>
      )}
      <ActionForm
        action="email/verify"
        initialProblem={initialProblem}
        onSend={async (fields) => {
          await request("POST", "/api/auth/email/verify", fields, { bearer: false });
          window.location.assign("/verify-email?done=verified");
        }}
        label="Confirm"
        busyLabel="Confirming…"
        wide
      >
        {(problem) => (
          <>
            <EmailField defaultValue={sentTo ?? email} problem={problem} />
            <CodeField problem={problem} />
          </>
        )}
      </ActionForm>
      <AnotherMail email={sentTo ?? email} onSent={setSentTo} />
    </div>
  );
}

interface AnotherMailProps {
  email: string | undefined;
  onSent: (email: string) => void;
}

function AnotherMail({ email, onSent }: AnotherMailProps) {
  const { request } = useAuth();
  return (
    <details open={email === undefined} className="border-t border-line pt-5">
      <summary className="min-h-11 content-center text-muted">No mail has come?</summary>
      <p className="mt-2 mb-4 leading-relaxed text-muted">
        It may be in the spam folder, or on its way for a few minutes.
      </p>
      <ActionForm
        action="email/verify/send"
        hidden={email === undefined ? {} : { email }}
        onSend={async ({ email: to = "" }) => {
          await request("POST", "/api/auth/email/verify/send", { email: to }, { bearer: false });
          onSent(to);
        }}
        label="Send it again"
        busyLabel="Sending…"
        variant="secondary"
      >
        {(problem) => email === undefined && <EmailField id="another-mail" problem={problem} />}
      </ActionForm>
    </details>
  );
}
