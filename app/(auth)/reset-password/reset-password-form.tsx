"use client";

import { useAuth } from "#lib/client/auth-provider.tsx";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { ActionForm } from "#lib/ui/forms/action-form.tsx";
import { NewPasswordField } from "#lib/ui/forms/new-password-field.tsx";

interface ResetPasswordFormProps {
  token: string;
  username: string | undefined;
  minLength: number;
  initialProblem: FormProblem | null;
}

export function ResetPasswordForm(props: ResetPasswordFormProps) {
  const { token, username, minLength, initialProblem } = props;
  const { post } = useAuth();
  return (
    <ActionForm
      action="password/reset"
      initialProblem={initialProblem}
      hidden={{ token }}
      onSend={async ({ password }) => {
        await post("password/reset", { token, password });
        window.location.assign("/login?reason=password_reset");
        return null;
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
