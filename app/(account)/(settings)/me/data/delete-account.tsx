"use client";

import { useAuth } from "#lib/client/auth-provider.tsx";
import { type FormProblem, readProblem } from "#lib/ui/form-problem.ts";
import { ActionForm } from "#lib/ui/forms/action-form.tsx";
import { CurrentPasswordWithoutScripts } from "#lib/ui/forms/current-password.tsx";
import { Field } from "#lib/ui/forms/field.tsx";
import { useRecentSignIn } from "#lib/ui/forms/recent-sign-in.tsx";
import { useUser } from "#lib/ui/require-auth.tsx";

/** Asks for the username, so that nobody does it by a slip of the finger. */
export function DeleteAccount({ initialProblem }: { initialProblem: FormProblem | null }) {
  const auth = useAuth();
  const { username } = useUser();
  const { withRecentSignIn, dialog } = useRecentSignIn();

  async function schedule(fields: Record<string, string>) {
    if (fields.confirmation?.trim() !== username) {
      const message = `Type ${username}, as your username is written.`;
      return {
        code: "validation_failed",
        detail: message,
        errors: [{ path: "confirmation", message }],
      };
    }
    const response = await withRecentSignIn(() =>
      auth.fetch("/api/auth/me/deletion", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: "{}",
      }),
    );
    if (!response) return null;
    if (!response.ok) return readProblem(response);
    // Not back to here: whoever logs in again keeps the account.
    window.location.replace("/login?reason=account_deletion");
    return null;
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

/** Only the dot of a username means anything there; an escaped hyphen is an error (HTML: flag v). */
function escapePattern(text: string): string {
  return text.replaceAll(".", "\\.");
}
