"use client";

import { useAuth } from "#lib/client/auth-provider.tsx";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { ActionForm } from "./action-form.tsx";
import { CodeField } from "./code-field.tsx";
import { EmailField } from "./email-field.tsx";
import { RememberField } from "./remember-field.tsx";
import { useLeaveWhenSignedIn } from "./use-leave-when-signed-in.ts";

interface CodeLoginFormProps {
  next: string;
  email: string | undefined;
  initialProblem: FormProblem | null;
}

/** Signs in with the code from an email. */
export function CodeLoginForm({ next, email, initialProblem }: CodeLoginFormProps) {
  const { loginByEmail } = useAuth();
  useLeaveWhenSignedIn(next);
  return (
    <ActionForm
      action="login/email/confirm"
      initialProblem={initialProblem}
      hidden={{ next }}
      onSend={async ({ email: address, code, remember }) => {
        await loginByEmail({ email: address, code, remember: remember !== undefined });
      }}
      label="Log in"
      busyLabel="Logging in…"
      wide
    >
      {(problem) => (
        <>
          <EmailField defaultValue={email} problem={problem} />
          <CodeField problem={problem} />
          <RememberField />
        </>
      )}
    </ActionForm>
  );
}
