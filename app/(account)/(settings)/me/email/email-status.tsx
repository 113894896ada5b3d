"use client";

import { Badge } from "#lib/ui/badge.tsx";
import { useCanMail } from "#lib/ui/can-mail.tsx";
import { useUser } from "#lib/ui/require-auth.tsx";
import { TextLink } from "#lib/ui/text-link.tsx";

/** The current address, and whether it is confirmed. */
export function EmailStatus() {
  const { email, email_verified } = useUser();
  const canMail = useCanMail();
  return (
    <>
      <h2 className="mb-3 text-lg">Your address</h2>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="break-all">{email}</span>
        <Badge tone={email_verified ? "accent" : "neutral"}>
          {email_verified ? "confirmed" : "not confirmed"}
        </Badge>
      </p>
      {!email_verified && canMail && (
        <p className="mt-3 text-muted">
          <TextLink href="/verify-email">Confirm it</TextLink>, so that you can choose a new
          password if you forget yours.
        </p>
      )}
    </>
  );
}
