"use client";

import type { ReactNode, SubmitEvent } from "react";
import { Button } from "#lib/ui/button.tsx";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { ProblemSummary } from "./problem-summary.tsx";
import { useSubmission } from "./use-submission.ts";

interface ActionFormProps {
  /** The route below /api/auth that a browser without scripts posts to. */
  action: string;
  initialProblem?: FormProblem | null;
  /** Sends the form by script. The form shows what it rejects with. */
  onSend: (fields: Record<string, string>) => Promise<void>;
  label: string;
  busyLabel: string;
  variant?: "primary" | "secondary" | "danger";
  /** Whether the button is as wide as the form. */
  wide?: boolean;
  /** Values that people do not see. */
  hidden?: Record<string, string>;
  /** The fields. */
  children?: (problem: FormProblem | null) => ReactNode;
}

/** A form that works without scripts. With scripts, the page stays. */
export function ActionForm(props: ActionFormProps) {
  const { action, initialProblem = null, onSend, hidden = {}, children } = props;
  const { label, busyLabel, variant = "primary", wide = false } = props;
  const { problem, pending, submit } = useSubmission(initialProblem);

  function onSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const entries = [...new FormData(event.currentTarget)];
    submit(() => onSend(Object.fromEntries(entries.map(([name, value]) => [name, `${value}`]))));
  }

  return (
    <form method="post" action={`/api/auth/${action}`} onSubmit={onSubmit} className="space-y-5">
      <ProblemSummary problem={problem} />
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {children?.(problem)}
      <Button
        type="submit"
        variant={variant}
        aria-disabled={pending}
        className={wide ? "w-full" : ""}
      >
        {pending ? busyLabel : label}
      </Button>
    </form>
  );
}
