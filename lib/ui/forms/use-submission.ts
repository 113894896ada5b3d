import { useRef, useState } from "react";
import { type FormProblem, problemOf } from "#lib/ui/form-problem.ts";

interface Submission {
  problem: FormProblem | null;
  pending: boolean;
  /** Runs `task` unless one is running. What it rejects with becomes the problem. */
  submit(task: () => Promise<void>): Promise<void>;
}

/** The state of a form that scripts send. `initial` is the problem of a post without scripts. */
export function useSubmission(initial: FormProblem | null = null): Submission {
  const [problem, setProblem] = useState(initial);
  const [pending, setPending] = useState(false);
  // A double click is faster than the next render, which `pending` waits for.
  const running = useRef(false);

  async function submit(task: () => Promise<void>) {
    if (running.current) return;
    running.current = true;
    setPending(true);
    setProblem(null);
    setProblem(await task().then(() => null, problemOf));
    running.current = false;
    setPending(false);
  }

  return { problem, pending, submit };
}
