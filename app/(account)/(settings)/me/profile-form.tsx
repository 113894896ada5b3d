"use client";

import { type SubmitEvent, useState } from "react";
import { useAuth } from "#lib/client/auth-provider.tsx";
import type { User } from "#lib/contract/answers.ts";
import type { ProfileInput } from "#lib/contract/schemas.ts";
import { Button } from "#lib/ui/button.tsx";
import { Field } from "#lib/ui/forms/field.tsx";
import { ProblemSummary } from "#lib/ui/forms/problem-summary.tsx";
import { useRecentSignIn } from "#lib/ui/forms/recent-sign-in.tsx";
import { useSubmission } from "#lib/ui/forms/use-submission.ts";
import { UsernameField } from "#lib/ui/forms/username-field.tsx";
import { useUser } from "#lib/ui/require-auth.tsx";
import { useHydrated } from "#lib/ui/use-hydrated.ts";

/** Changes name and username. It needs scripts, because the API asks for an access token. */
export function ProfileForm() {
  const { request, updateUser } = useAuth();
  const user = useUser();
  const { problem, pending, submit } = useSubmission();
  const { withRecentSignIn, dialog } = useRecentSignIn();
  const hydrated = useHydrated();
  const [saved, setSaved] = useState(false);

  function onSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const change: ProfileInput = {
      name: String(form.get("name")),
      username: String(form.get("username")),
    };
    setSaved(false);
    submit(() =>
      withRecentSignIn(async () => {
        updateUser(await request<User>("PATCH", "/api/auth/me", change));
        setSaved(true);
      }),
    );
  }

  return (
    <>
      <form onSubmit={onSubmit} className="space-y-5">
        <ProblemSummary problem={problem} />
        <Field
          name="name"
          label="Name"
          autoComplete="name"
          defaultValue={user.name}
          problem={problem}
        />
        <UsernameField defaultValue={user.username} problem={problem} />
        <div className="flex flex-wrap items-center gap-4">
          <Button type="submit" aria-disabled={pending} disabled={!hydrated}>
            {pending ? "Saving…" : "Save changes"}
          </Button>
          <p role="status" className="text-[0.9375rem] text-accent-strong">
            {saved && "Your changes are saved."}
          </p>
        </div>
      </form>
      {dialog}
    </>
  );
}
