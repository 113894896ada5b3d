"use client";

import { useState } from "react";
import { useAuth } from "#lib/client/auth-provider.tsx";
import { useCanMail } from "#lib/ui/can-mail.tsx";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { ActionForm } from "#lib/ui/forms/action-form.tsx";
import { HiddenUsername } from "#lib/ui/forms/hidden-username.tsx";
import { NewPasswordField } from "#lib/ui/forms/new-password-field.tsx";
import { PasswordField } from "#lib/ui/forms/password-field.tsx";
import { Notice } from "#lib/ui/notice.tsx";
import { useUser } from "#lib/ui/require-auth.tsx";
import { TextLink } from "#lib/ui/text-link.tsx";

interface ChangePasswordFormProps {
  minLength: number;
  initialProblem: FormProblem | null;
  /** Whether a browser without scripts has just posted the form, with success. */
  changed: boolean;
}

export function ChangePasswordForm(props: ChangePasswordFormProps) {
  const { minLength, initialProblem } = props;
  const { changePassword } = useAuth();
  const user = useUser();
  const canMail = useCanMail();
  const [changed, setChanged] = useState(props.changed);
  // A new key empties the form after a success.
  const [round, setRound] = useState(0);
  return (
    <>
      <div role="status">
        {changed && (
          <Notice tone="success" className="mb-6">
            Your password is changed, and all other devices are signed out.
          </Notice>
        )}
      </div>
      <ActionForm
        key={round}
        action="password/change"
        initialProblem={initialProblem}
        onSend={async ({ current_password = "", password = "" }) => {
          setChanged(false);
          await changePassword({ current_password, password });
          setChanged(true);
          setRound(round + 1);
        }}
        label="Change the password"
        busyLabel="Changing it…"
      >
        {(problem) => (
          <>
            <HiddenUsername username={user.username} />
            <PasswordField
              name="current_password"
              label="Current password"
              autoComplete="current-password"
              problem={problem}
            />
            {canMail && (
              <p className="-mt-2 text-sm text-muted">
                Forgotten, or never had one?{" "}
                <TextLink href="/forgot-password">Choose one by mail</TextLink>
              </p>
            )}
            <NewPasswordField minLength={minLength} problem={problem} />
          </>
        )}
      </ActionForm>
    </>
  );
}
