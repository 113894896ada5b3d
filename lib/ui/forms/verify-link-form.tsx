"use client";

import { useAuth } from "#lib/client/auth-provider.tsx";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { ActionForm } from "./action-form.tsx";
import { type Proof, VerificationProof } from "./verification-proof.tsx";
import { verificationPage } from "./verify-email-form.tsx";

interface VerifyLinkFormProps {
  token: string;
  next: string | undefined;
  proof: Proof;
  username: string | undefined;
  /** Another username than at sign-up, because that one has been taken. */
  typedUsername?: string | undefined;
  minLength: number;
  initialProblem: FormProblem | null;
}

/** The button behind the link that verifies an address, and what it takes besides. */
export function VerifyLinkForm(props: VerifyLinkFormProps) {
  const { token, next, proof, username, typedUsername, minLength, initialProblem } = props;
  const { request } = useAuth();
  return (
    <ActionForm
      action="email/verify"
      initialProblem={initialProblem}
      hidden={{ token, ...(next && { next }) }}
      onSend={async (fields) => {
        await request("POST", "/api/auth/email/verify", fields, { bearer: false });
        window.location.assign(verificationPage({ done: "verified" }, next));
      }}
      label="Confirm this address"
      busyLabel="One moment…"
      wide
    >
      {(problem) => (
        <VerificationProof
          initial={proof}
          newPasswordPage={verificationPage({ token, proof: "new_password" }, next)}
          username={username}
          typedUsername={typedUsername}
          minLength={minLength}
          problem={problem}
        />
      )}
    </ActionForm>
  );
}
