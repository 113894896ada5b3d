import type { ComponentProps, ReactNode } from "react";
import type { FormProblem } from "#lib/ui/form-problem.ts";

export const inputClass =
  "min-h-11 w-full rounded-lg border border-line-strong bg-surface px-3 aria-invalid:border-danger";

interface FieldProps extends ComponentProps<"input"> {
  /** Also the input's id, so that the summary of a problem can lead to it. */
  name: string;
  label: string;
  hint?: string;
  problem: FormProblem | null;
  /** What stands inside the input's right end. */
  children?: ReactNode;
}

/** A labelled text input with its hint and what is wrong with it. */
export function Field({
  name,
  label,
  hint,
  problem,
  children,
  className = "",
  ...props
}: FieldProps) {
  const error = problem?.errors.find(({ path }) => path === name)?.message;
  const hintId = `${name}-hint`;
  const errorId = `${name}-error`;
  const described = [error && errorId, hint && hintId].filter(Boolean).join(" ");
  return (
    <div>
      <label htmlFor={name} className="mb-1.5 block text-[0.9375rem] font-medium">
        {label}
        {!props.required && <span className="font-normal text-muted"> (optional)</span>}
      </label>
      <div className="relative">
        <input
          id={name}
          name={name}
          aria-describedby={described || undefined}
          aria-invalid={error ? true : undefined}
          className={`${inputClass} ${className}`}
          {...props}
        />
        {children}
      </div>
      {error && (
        <p id={errorId} className="mt-1.5 text-sm text-danger">
          {error}
        </p>
      )}
      {hint && (
        <p id={hintId} className="mt-1.5 text-sm text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}
