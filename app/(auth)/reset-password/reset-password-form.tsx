"use client";

import { useAuth } from "#lib/client/auth-provider.tsx";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { ActionForm } from "#lib/ui/forms/action-form.tsx";
import { NewPasswordField } from "#lib/ui/forms/new-password-field.tsx";

interface ResetPasswordFormProps {
  token: string;
  next: string | undefined;
  username: string | undefined;
  minLength: number;
  initialProblem: FormProblem | null;
}

export function ResetPasswordForm(props: ResetPasswordFormProps) {
  const { token, next, username, minLength, initialProblem } = props;
  const { request } = useAuth();
  return (
    <ActionForm
      action="password/reset"
      initialProblem={initialProblem}
      hidden={{ token, ...(next && { next }) }}
      onSend={async ({ password }) => {
        await request("POST", "/api/auth/password/reset", { token, password }, { bearer: false });
        const query = new URLSearchParams({ reason: "password_reset", ...(next && { next }) });
        window.location.assign(`/login?${query}`);
      }}
      label="Set the password"
      busyLabel="Setting it…"
      wide
    >
      {(problem) => (
        <NewPasswordField minLength={minLength} username={username} problem={problem} />
      )}
    </ActionForm>
  );
}
