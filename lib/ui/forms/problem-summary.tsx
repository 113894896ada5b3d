"use client";

import { useEffect, useRef } from "react";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { Notice } from "#lib/ui/notice.tsx";

/** Says above a form what is wrong. It takes the focus when it appears, and links to the fields. */
export function ProblemSummary({ problem }: { problem: FormProblem | null }) {
  const summary = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (problem) summary.current?.focus();
  }, [problem]);
  if (!problem) return null;
  return (
    <Notice tone="danger" role="alert" tabIndex={-1} ref={summary}>
      {problem.errors.length > 0 ? (
        <>
          Please have another look at <FieldLinks problem={problem} />.
        </>
      ) : (
        inWords(problem)
      )}
    </Notice>
  );
}

/** Links only: each field shows its own error. */
function FieldLinks({ problem }: { problem: FormProblem }) {
  const paths = [...new Set(problem.errors.map(({ path }) => path))];
  return paths.map((path, index) => (
    <span key={path}>
      {index > 0 && (index === paths.length - 1 ? " and " : ", ")}
      <a href={`#${path}`} className="font-medium underline underline-offset-4">
        {path.replaceAll("_", " ")}
      </a>
    </span>
  ));
}

function inWords({ code, detail }: FormProblem): string {
  return code === "too_many_attempts" ? `Too many attempts. ${detail}` : detail;
}
