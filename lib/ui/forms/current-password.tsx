import { useId } from "react";
import { useAuth } from "#lib/client/auth-provider.tsx";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { HiddenUsername } from "./hidden-username.tsx";
import { PasswordField } from "./password-field.tsx";

/** Asks for the password in the form. With scripts, recent-sign-in.tsx asks only when needed. */
export function CurrentPasswordWithoutScripts({ problem }: { problem: FormProblem | null }) {
  // A page may have two of these fields.
  const id = useId();
  const { user } = useAuth();
  return (
    <noscript>
      {user && <HiddenUsername username={user.username} />}
      <PasswordField
        name="current_password"
        id={id}
        label="Your password"
        autoComplete="current-password"
        problem={problem}
      />
    </noscript>
  );
}
