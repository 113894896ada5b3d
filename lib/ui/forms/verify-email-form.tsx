"use client";

import { useState } from "react";
import { useAuth } from "#lib/client/auth-provider.tsx";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { ActionForm } from "./action-form.tsx";
import { CodeField } from "./code-field.tsx";
import { EmailField } from "./email-field.tsx";
import { MailSent } from "./mail-sent.tsx";
import { type Proof, VerificationProof } from "./verification-proof.tsx";

interface VerifyEmailFormProps {
  email: string | undefined;
  next: string | undefined;
  proof?: Proof;
  /** Another username than at sign-up, because that one has been taken. */
  typedUsername?: string | undefined;
  minLength: number;
  /** Whether an email has just been sent. */
  sent: boolean;
  initialProblem: FormProblem | null;
}

/** The page of this form in another state. */
export function verificationPage(state: Record<string, string>, next: string | undefined): string {
  return `/verify-email?${new URLSearchParams({ ...state, ...(next && { next }) })}`;
}

/** Takes the code, for people who read the email on another device, and sends another email. */
export function VerifyEmailForm(props: VerifyEmailFormProps) {
  const { email, next, proof = "none", typedUsername, minLength, sent, initialProblem } = props;
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
        hidden={next ? { next } : {}}
        onSend={async (fields) => {
          await request("POST", "/api/auth/email/verify", fields, { bearer: false });
          window.location.assign(verificationPage({ done: "verified" }, next));
        }}
        label="Confirm"
        busyLabel="Confirming…"
        wide
      >
        {(problem) => (
          <>
            <EmailField defaultValue={sentTo ?? email} problem={problem} />
            <CodeField problem={problem} />
            <VerificationProof
              initial={proof}
              newPasswordPage={verificationPage({ proof: "new_password" }, next)}
              typedUsername={typedUsername}
              minLength={minLength}
              problem={problem}
            />
          </>
        )}
      </ActionForm>
      <AnotherMail email={sentTo ?? email} next={next} onSent={setSentTo} />
    </div>
  );
}

interface AnotherMailProps {
  email: string | undefined;
  next: string | undefined;
  onSent: (email: string) => void;
}

function AnotherMail({ email, next, onSent }: AnotherMailProps) {
  const { request } = useAuth();
  return (
    <details open={email === undefined} className="border-t border-line pt-5">
      <summary className="min-h-11 content-center text-muted">No mail has come?</summary>
      <p className="mt-2 mb-4 leading-relaxed text-muted">
        It may be in the spam folder, or on its way for a few minutes.
      </p>
      <ActionForm
        action="email/verify/send"
        hidden={{ ...(email !== undefined && { email }), ...(next && { next }) }}
        onSend={async (fields) => {
          const { email: to = "" } = fields;
          await request("POST", "/api/auth/email/verify/send", fields, { bearer: false });
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
