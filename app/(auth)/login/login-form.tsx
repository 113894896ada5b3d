"use client";

import { type SubmitEvent, useState } from "react";
import { useAuth } from "#lib/client/auth-provider.tsx";
import { Button } from "#lib/ui/button.tsx";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { PasswordField } from "#lib/ui/forms/password-field.tsx";
import { ProblemSummary } from "#lib/ui/forms/problem-summary.tsx";
import { RememberField } from "#lib/ui/forms/remember-field.tsx";
import { useLeaveWhenSignedIn } from "#lib/ui/forms/use-leave-when-signed-in.ts";
import { useSubmission } from "#lib/ui/forms/use-submission.ts";
import { UsernameField } from "#lib/ui/forms/username-field.tsx";
import { TextLink } from "#lib/ui/text-link.tsx";
import { Captcha, type CaptchaSettings } from "./captcha.tsx";

interface LoginFormProps {
  /** Where to go afterwards: a path that `safeNext` returned. */
  next: string;
  initialProblem: FormProblem | null;
  username: string | undefined;
  /** Undefined where none is set up. Shown once the API asks for it. */
  captcha: CaptchaSettings | undefined;
}

/** A form that works without scripts. With scripts, the page stays until it succeeds. */
export function LoginForm({ next, initialProblem, username, captcha }: LoginFormProps) {
  const { login } = useAuth();
  const { problem, pending, submit } = useSubmission(initialProblem);
  const leaving = useLeaveWhenSignedIn(next);
  const busy = pending || leaving;
  const [solution, setSolution] = useState<string>();
  const [challenged, setChallenged] = useState(false);
  if (problem?.code === "captcha_required" && !challenged) setChallenged(true);

  function onSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    submit(async () => {
      await login({
        username: String(form.get("username")),
        password: String(form.get("password")),
        remember: form.has("remember"),
        // A solution is valid for one attempt.
        captcha_token: solution,
        next,
      }).finally(() => setSolution(undefined));
    });
  }

  return (
    <form method="post" action="/api/auth/login" onSubmit={onSubmit} className="space-y-5">
      <ProblemSummary problem={problem} />
      {problem?.code === "email_not_verified" && (
        <p>
          <TextLink href={`/verify-email?next=${encodeURIComponent(next)}`}>
            Type the code, or ask for another mail
          </TextLink>
        </p>
      )}
      <input type="hidden" name="next" value={next} />
      <UsernameField label="Username or email" defaultValue={username} problem={problem} />
      <PasswordField label="Password" autoComplete="current-password" problem={problem} />
      <RememberField />
      {captcha && challenged && solution === undefined && (
        <Captcha {...captcha} onSolved={setSolution} />
      )}
      <Button type="submit" aria-disabled={busy} className="w-full">
        {busy ? "Logging in…" : "Log in"}
      </Button>
    </form>
  );
}
