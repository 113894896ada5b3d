import type { FormProblem } from "#lib/ui/form-problem.ts";
import { Field } from "./field.tsx";

interface UsernameFieldProps {
  label?: string;
  hint?: string;
  defaultValue: string | undefined;
  problem: FormProblem | null;
}

/** Keyboards and spell checkers must not correct a username. */
export function UsernameField({ label = "Username", ...props }: UsernameFieldProps) {
  return (
    <Field
      name="username"
      label={label}
      autoComplete="username"
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      required
      {...props}
    />
  );
}
