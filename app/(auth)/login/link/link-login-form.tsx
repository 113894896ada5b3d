"use client";

import { useAuth } from "#lib/client/auth-provider.tsx";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { ActionForm } from "#lib/ui/forms/action-form.tsx";
import { RememberField } from "#lib/ui/forms/remember-field.tsx";

interface LinkLoginFormProps {
  token: string;
  next: string;
  initialProblem: FormProblem | null;
}

/**
 * Signs in with the link from an email. A scanner that only follows links must not use it up. A
 * visitor who is signed in already may still use it: as another user, or for a recent sign-in.
 */
export function LinkLoginForm({ token, next, initialProblem }: LinkLoginFormProps) {
  const { loginByEmail } = useAuth();
  return (
    <ActionForm
      action="login/email/confirm"
      initialProblem={initialProblem}
      hidden={{ token, next }}
      onSend={async ({ remember }) => {
        await loginByEmail({ token, remember: remember !== undefined });
        window.location.assign(next);
      }}
      label="Log in"
      busyLabel="Logging in…"
      wide
    >
      {() => <RememberField />}
    </ActionForm>
  );
}
