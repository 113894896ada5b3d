import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { canSendEmail, config } from "#lib/config/index.ts";
import { deletionGracePeriod } from "#lib/contract/lifetimes.ts";
import { durationWords } from "#lib/format.ts";
import { safeNext } from "#lib/safe-next.ts";
import { readFlash } from "#lib/server/flash.ts";
import { getEndedReason, getSession } from "#lib/server/session.ts";
import { type LeaveReason, leaveReason } from "#lib/ui/leave.ts";
import { Notice } from "#lib/ui/notice.tsx";
import { PageHeading } from "#lib/ui/page-heading.tsx";
import type { PageProps } from "#lib/ui/page-props.ts";
import { TextLink } from "#lib/ui/text-link.tsx";
import { LoginForm } from "./login-form.tsx";

export const metadata: Metadata = { title: "Log in" };

const explanations: Record<LeaveReason, string> = {
  signed_out: "You were signed out. Log in to carry on where you were.",
  session_expired: "Your session has reached its end. Log in to carry on where you were.",
  session_revoked: "This device was signed out from another one. Log in to carry on.",
  password_changed:
    "The password was changed, so every device was signed out. Log in with the new one.",
  password_reset: "Your new password is set, and all devices are signed out. Log in with it.",
  email_changed:
    "The change of the email address was undone, so every device was signed out. Choose a new password, then log in.",
  account_deletion: `Your account will be deleted in ${durationWords(deletionGracePeriod)}, and all devices are signed out. Log in before then to keep it.`,
  refresh_reused:
    "Your session was used in two places at once, as it would be if somebody had copied it, so we ended it for both. Log in again, and have a look at your devices.",
};

export default async function LoginPage({ searchParams }: PageProps) {
  const { next: wanted, error, reason: given } = await searchParams;
  const next = safeNext(wanted);
  if (await getSession()) redirect(next);
  const flash = await readFlash("login", error);
  const { captcha, emailLogin } = config();
  // The ended session says more exactly why than the page that led here could.
  const reason = reasonOf(await getEndedReason()) ?? leaveReason(given);
  return (
    <>
      <PageHeading title="Log in" />
      {reason && (
        <Notice role="status" className="mb-6">
          {explanations[reason]}
        </Notice>
      )}
      <LoginForm
        next={next}
        initialProblem={flash}
        username={flash?.values.username}
        captcha={captcha && { scriptUrl: captcha.scriptUrl, siteKey: captcha.siteKey }}
      />
      <p className="mt-6 flex flex-wrap gap-x-6 gap-y-2">
        {canSendEmail(config()) && (
          <TextLink href={`/forgot-password?next=${encodeURIComponent(next)}`}>
            Forgotten your password?
          </TextLink>
        )}
        {emailLogin && (
          <TextLink href={`/login/email?next=${encodeURIComponent(next)}`}>Log in by mail</TextLink>
        )}
      </p>
      <p className="mt-4 text-muted">
        New here?{" "}
        <TextLink href={`/signup?next=${encodeURIComponent(next)}`}>Make an account</TextLink>
      </p>
    </>
  );
}

function reasonOf(ended: Awaited<ReturnType<typeof getEndedReason>>): LeaveReason | undefined {
  switch (ended) {
    case null:
      return undefined;
    case "expired":
      return "session_expired";
    case "reuse":
      return "refresh_reused";
    case "password_changed":
    case "email_changed":
      return ended;
    case "user_deleted":
      return "account_deletion";
    case "logout":
    case "replaced":
      return "signed_out";
    case "revoked":
    case "too_many_sessions":
    case "user_disabled":
      return "session_revoked";
  }
}
