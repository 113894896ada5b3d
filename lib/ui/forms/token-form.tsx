"use client";

import { useAuth } from "#lib/client/auth-provider.tsx";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { ActionForm } from "./action-form.tsx";

interface TokenFormProps {
  action: "email/verify" | "email/confirm" | "email/undo";
  token: string;
  label: string;
  /** The page that says it is done. */
  done: string;
  initialProblem: FormProblem | null;
}

/** The button that a mailed link leads to: what only follows links must use nothing up. */
export function TokenForm({ action, token, label, done, initialProblem }: TokenFormProps) {
  const { post } = useAuth();
  return (
    <ActionForm
      action={action}
      initialProblem={initialProblem}
      hidden={{ token }}
      onSend={async () => {
        const answer = await post<{ reset_token?: string }>(action, { token });
        const query = new URLSearchParams({ token: answer.reset_token ?? "" });
        window.location.assign(answer.reset_token ? `/reset-password?${query}` : done);
        return null;
      }}
      label={label}
      busyLabel="One moment…"
      wide
    />
  );
}
