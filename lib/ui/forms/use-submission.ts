import { useRef, useState } from "react";
import { type FormProblem, problemOf } from "#lib/ui/form-problem.ts";

interface Submission {
  problem: FormProblem | null;
  pending: boolean;
  /** Runs `task` unless one is running. The problem it resolves to, or rejects with, is shown. */
  submit(task: () => Promise<FormProblem | null>): Promise<void>;
}

/** The state of a form that is sent by script. `initial` is what a post without script left. */
export function useSubmission(initial: FormProblem | null = null): Submission {
  const [problem, setProblem] = useState(initial);
  const [pending, setPending] = useState(false);
  // State changes with the next render, and a double click does not wait for that.
  const running = useRef(false);

  async function submit(task: () => Promise<FormProblem | null>) {
    if (running.current) return;
    running.current = true;
    setPending(true);
    setProblem(null);
    setProblem(await task().catch(problemOf));
    running.current = false;
    setPending(false);
  }

  return { problem, pending, submit };
}
