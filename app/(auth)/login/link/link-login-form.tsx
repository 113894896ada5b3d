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
 * Signs in by a mail's link: what only follows links must use nothing up. Whoever is signed in
 * already may do so again, as somebody else or because that was too long ago.
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
        return null;
      }}
      label="Log in"
      busyLabel="Logging in…"
      wide
    >
      {() => <RememberField />}
    </ActionForm>
  );
}
