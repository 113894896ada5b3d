import { useId } from "react";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { PasswordField } from "./password-field.tsx";

/** Asks for the password in the form. With scripts, recent-sign-in.tsx asks only when needed. */
export function CurrentPasswordWithoutScripts({ problem }: { problem: FormProblem | null }) {
  // A page may have two of these fields.
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
