"use client";

import { type SubmitEvent, useState } from "react";
import { useAuth } from "#lib/client/auth-provider.tsx";
import { Button } from "#lib/ui/button.tsx";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { Field } from "#lib/ui/forms/field.tsx";
import { NewPasswordField } from "#lib/ui/forms/new-password-field.tsx";
import { ProblemSummary } from "#lib/ui/forms/problem-summary.tsx";
import { useLeaveWhenSignedIn } from "#lib/ui/forms/use-leave-when-signed-in.ts";
import { useSubmission } from "#lib/ui/forms/use-submission.ts";
import { UsernameField } from "#lib/ui/forms/username-field.tsx";
import { VerifyEmailForm } from "#lib/ui/forms/verify-email-form.tsx";

interface SignupFormProps {
  /** Where to go afterwards: a path that `safeNext` returned. */
  next: string;
  /** Characters. */
  minLength: number;
  initialProblem: FormProblem | null;
  values: Record<string, string>;
}

/** A form that works without scripts. With scripts, the page stays until it succeeds. */
export function SignupForm({ next, minLength, initialProblem, values }: SignupFormProps) {
  const { signup } = useAuth();
  const { problem, pending, submit } = useSubmission(initialProblem);
  const leaving = useLeaveWhenSignedIn(next);
  const busy = pending || leaving;
  const [unverified, setUnverified] = useState<string>();

  function onSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    submit(async () => {
      const answer = await signup({
        name: String(form.get("name")),
        username: String(form.get("username")),
        email: String(form.get("email")),
        password: String(form.get("password")),
        next,
      });
      if ("verification_required" in answer) setUnverified(answer.email);
    });
  }

  if (unverified !== undefined) {
    return (
      <VerifyEmailForm
        email={unverified}
        next={next}
        minLength={minLength}
        sent
        initialProblem={null}
      />
    );
  }

  return (
    <form method="post" action="/api/auth/signup" onSubmit={onSubmit} className="space-y-5">
      <ProblemSummary problem={problem} />
      <input type="hidden" name="next" value={next} />
      <Field
        name="name"
        label="Name"
        autoComplete="name"
        defaultValue={values.name}
        problem={problem}
      />
      <UsernameField defaultValue={values.username} problem={problem} />
      <Field
        name="email"
        label="Email"
        type="email"
        autoComplete="email"
        defaultValue={values.email}
        problem={problem}
        required
      />
      <NewPasswordField label="Password" minLength={minLength} problem={problem} />
      <Button type="submit" aria-disabled={busy} className="w-full">
        {busy ? "Signing up…" : "Sign up"}
      </Button>
    </form>
  );
}
