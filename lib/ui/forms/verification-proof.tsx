"use client";

import { type MouseEvent, useState } from "react";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { TextLink } from "#lib/ui/text-link.tsx";
import { HiddenUsername } from "./hidden-username.tsx";
import { NewPasswordField } from "./new-password-field.tsx";
import { PasswordField } from "./password-field.tsx";
import { UsernameField } from "./username-field.tsx";

/** What a link or code takes besides: nothing, the password that was chosen, or a new one. */
export type Proof = "none" | "password" | "new_password";

interface VerificationProofProps {
  /** What it takes as far as the page knows; the API may ask for a password afterwards. */
  initial: Proof;
  /** The page that asks for a new password, without scripts. */
  newPasswordPage: string;
  username?: string | undefined;
  /** Another username, which somebody without scripts has typed. */
  typedUsername: string | undefined;
  minLength: number;
  problem: FormProblem | null;
}

/**
 * The fields that show whose account it is, in a browser that did not sign up: an attacker may have
 * signed up with another person's address (red team 1).
 */
export function VerificationProof(props: VerificationProofProps) {
  const { initial, newPasswordPage, username, typedUsername, minLength, problem } = props;
  const [proof, setProof] = useState(initial);
  const [renaming, setRenaming] = useState(typedUsername !== undefined);
  if (proof === "none" && problem?.code === "password_required") setProof("password");
  if (!renaming && problem?.code === "username_taken") setRenaming(true);

  function onNewPassword(event: MouseEvent) {
    event.preventDefault();
    setProof("new_password");
  }

  return (
    <>
      {proof !== "none" && <input type="hidden" name="proof" value={proof} />}
      {renaming && (
        <UsernameField
          hint="Somebody has taken yours since you signed up."
          defaultValue={typedUsername}
          problem={problem}
        />
      )}
      {proof === "password" && (
        <div className="space-y-3">
          {username !== undefined && <HiddenUsername username={username} />}
          <PasswordField
            label="Your password"
            hint="The one that you chose when you signed up."
            autoComplete="current-password"
            problem={problem}
          />
          <p className="text-sm">
            <TextLink href={newPasswordPage} onClick={onNewPassword}>
              I did not choose one, or do not know it
            </TextLink>
          </p>
        </div>
      )}
      {proof === "new_password" && (
        <>
          <p className="leading-relaxed text-muted">
            Choose a new password. The old one no longer works then, and all devices are signed out:
            nobody else who may have used your address has the account any longer.
          </p>
          <NewPasswordField
            name="new_password"
            minLength={minLength}
            username={username}
            problem={problem}
          />
        </>
      )}
    </>
  );
}
