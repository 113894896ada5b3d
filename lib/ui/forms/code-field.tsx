import type { FormProblem } from "#lib/ui/form-problem.ts";
import { Field } from "./field.tsx";

/** Six digits from an email, which phones offer above the keyboard. */
export function CodeField({ problem }: { problem: FormProblem | null }) {
  return (
    <Field
      name="code"
      label="Code"
      hint="The six digits in the mail."
      inputMode="numeric"
      autoComplete="one-time-code"
      autoCorrect="off"
      spellCheck={false}
      maxLength={12}
      className="font-mono text-lg tracking-[0.3em]"
      problem={problem}
      required
    />
  );
}
