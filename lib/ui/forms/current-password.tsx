import { useId } from "react";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { PasswordField } from "./password-field.tsx";

/**
 * Asks for the password where no script can ask for it when it is needed (recent-sign-in.tsx). With
 * scripts there is no such field.
 */
export function CurrentPasswordWithoutScripts({ problem }: { problem: FormProblem | null }) {
  // A page may have two of these.
  const id = useId();
  return (
    <noscript>
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
