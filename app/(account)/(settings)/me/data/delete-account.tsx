"use client";

import { AuthError } from "#lib/client/auth-client.ts";
import { useAuth } from "#lib/client/auth-provider.tsx";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { ActionForm } from "#lib/ui/forms/action-form.tsx";
import { CurrentPasswordWithoutScripts } from "#lib/ui/forms/current-password.tsx";
import { Field } from "#lib/ui/forms/field.tsx";
import { useRecentSignIn } from "#lib/ui/forms/recent-sign-in.tsx";
import { useUser } from "#lib/ui/require-auth.tsx";

/** Asks for the username, so that a slip of the finger deletes nothing. */
export function DeleteAccount({ initialProblem }: { initialProblem: FormProblem | null }) {
  const { request } = useAuth();
  const { username } = useUser();
  const { withRecentSignIn, dialog } = useRecentSignIn();

  async function schedule(fields: Record<string, string>) {
    if (fields.confirmation?.trim() !== username) {
      const message = `Type ${username}, as your username is written.`;
      const errors = [{ path: "confirmation", message }];
      throw new AuthError("validation_failed", message, { errors });
    }
    await withRecentSignIn(async () => {
      await request("POST", "/api/auth/me/deletion", {});
      // Without a way back to this page: signing in again keeps the account.
      window.location.replace("/login?reason=account_deletion");
    });
  }

  return (
    <>
      <ActionForm
        action="me/deletion"
        initialProblem={initialProblem}
        onSend={schedule}
        label="Delete my account"
        busyLabel="Deleting it…"
        variant="danger"
      >
        {(problem) => (
          <>
            <Field
              name="confirmation"
              label={`Type ${username} to confirm`}
              autoComplete="off"
              autoCapitalize="none"
              autoCorrect="off"
              spellCheck={false}
              pattern={escapePattern(username)}
              problem={problem}
              required
            />
            <CurrentPasswordWithoutScripts problem={problem} />
          </>
        )}
      </ActionForm>
      {dialog}
    </>
  );
}

/** For a regular expression with the flag v, where escaping another character is an error. */
function escapePattern(text: string): string {
  return text.replace(/[\^$.*+?()[\]{}|/\\]/g, "\\$&");
}
