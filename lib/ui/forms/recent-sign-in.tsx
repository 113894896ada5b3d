"use client";

import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { AuthError } from "#lib/client/auth-client.ts";
import { useAuth } from "#lib/client/auth-provider.tsx";
import { Button } from "#lib/ui/button.tsx";
import { useCanMail } from "#lib/ui/can-mail.tsx";
import { TextLink } from "#lib/ui/text-link.tsx";
import { HiddenUsername } from "./hidden-username.tsx";
import { PasswordField } from "./password-field.tsx";
import { ProblemSummary } from "./problem-summary.tsx";
import { useSubmission } from "./use-submission.ts";

interface RecentSignIn {
  /**
   * Runs `task`. If the API wants a recent sign-in first, asks for the password and runs it again,
   * or resolves when the user cancels.
   */
  withRecentSignIn(task: () => Promise<void>): Promise<void>;
  /** Render it somewhere; it is empty most of the time. */
  dialog: ReactNode;
}

/** Asks for the password in place, then goes on with the task (RFC 9470). */
export function useRecentSignIn(): RecentSignIn {
  const [answer, setAnswer] = useState<(proved: boolean) => void>();

  async function withRecentSignIn(task: () => Promise<void>) {
    try {
      await task();
    } catch (error) {
      if (!needsRecentSignIn(error)) throw error;
      const proved = await new Promise<boolean>((resolve) => setAnswer(() => resolve));
      setAnswer(undefined);
      if (proved) await task();
    }
  }

  return { withRecentSignIn, dialog: answer && <PasswordDialog onAnswer={answer} /> };
}

function needsRecentSignIn(error: unknown): boolean {
  return error instanceof AuthError && error.code === "insufficient_user_authentication";
}

function PasswordDialog({ onAnswer }: { onAnswer: (proved: boolean) => void }) {
  const { reauthenticate, user } = useAuth();
  const canMail = useCanMail();
  const { problem, pending, submit } = useSubmission();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => dialog.current?.showModal(), []);

  function prove(form: FormData) {
    submit(async () => {
      await reauthenticate({ password: String(form.get("password")) });
      onAnswer(true);
    });
  }

  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onClose={() => onAnswer(false)}
      className="m-auto w-[min(28rem,calc(100vw-2rem))] rounded-2xl border border-line bg-surface p-6 text-ink shadow-xl backdrop:bg-black/50 sm:p-7"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          prove(new FormData(event.currentTarget));
        }}
        className="space-y-5"
      >
        <div>
          <h2 id={titleId} className="text-xl">
            Is it you?
          </h2>
          <p className="mt-2 leading-relaxed text-muted">
            You signed in a while ago, so enter your password once more.
          </p>
        </div>
        <ProblemSummary problem={problem} />
        {user && <HiddenUsername username={user.username} />}
        <PasswordField label="Password" autoComplete="current-password" problem={problem} />
        {canMail && (
          <p className="text-sm text-muted">
            Forgotten, or never had one?{" "}
            <TextLink href="/forgot-password">Choose a new one</TextLink>
          </p>
        )}
        <div className="flex flex-wrap justify-end gap-3">
          <Button variant="quiet" onClick={() => dialog.current?.close()}>
            Cancel
          </Button>
          <Button type="submit" aria-disabled={pending}>
            {pending ? "Making sure…" : "Go on"}
          </Button>
        </div>
      </form>
    </dialog>
  );
}
