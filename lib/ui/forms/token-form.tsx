"use client";

import { useAuth } from "#lib/client/auth-provider.tsx";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { ActionForm } from "./action-form.tsx";

interface TokenFormProps {
  action: "email/confirm" | "email/undo";
  token: string;
  label: string;
  /** The page that confirms the success. */
  done: string;
  initialProblem: FormProblem | null;
}

/** The button behind an emailed link. A scanner that only follows links must not use the token up. */
export function TokenForm({ action, token, label, done, initialProblem }: TokenFormProps) {
  const { request } = useAuth();
  return (
    <ActionForm
      action={action}
      initialProblem={initialProblem}
      hidden={{ token }}
      onSend={async () => {
        const { reset_token } = await request<{ reset_token?: string }>(
          "POST",
          `/api/auth/${action}`,
          { token },
          { bearer: false },
        );
        const query = new URLSearchParams({ token: reset_token ?? "" });
        window.location.assign(reset_token ? `/reset-password?${query}` : done);
      }}
      label={label}
      busyLabel="One moment…"
      wide
    />
  );
}
