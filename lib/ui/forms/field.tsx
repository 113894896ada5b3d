import type { ComponentProps, ReactNode } from "react";
import type { FormProblem } from "#lib/ui/form-problem.ts";

export const inputClass =
  "min-h-11 w-full rounded-lg border border-line-strong bg-surface px-3 aria-invalid:border-danger";

interface FieldProps extends ComponentProps<"input"> {
  name: string;
  /** The name by default, which the links of a problem summary lead to. */
  id?: string;
  label: string;
  hint?: string;
  problem: FormProblem | null;
  /** Content inside the input's right end. */
  children?: ReactNode;
}

/** A labelled text input with its hint and its error. */
export function Field({
  name,
  id = name,
  label,
  hint,
  problem,
  children,
  className = "",
  ...props
}: FieldProps) {
  const error = problem?.errors.find(({ path }) => path === name)?.message;
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const described = [error && errorId, hint && hintId].filter(Boolean).join(" ");
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-[0.9375rem] font-medium">
        {label}
        {!props.required && <span className="font-normal text-muted"> (optional)</span>}
      </label>
      <div className="relative">
        <input
          id={id}
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
