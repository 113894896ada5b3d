import type { Metadata } from "next";
import { canSendEmail, config } from "#lib/config/index.ts";
import { otherNext } from "#lib/safe-next.ts";
import { readFlash } from "#lib/server/flash.ts";
import { PageHeading } from "#lib/ui/page-heading.tsx";
import type { PageProps } from "#lib/ui/page-props.ts";
import { TextLink } from "#lib/ui/text-link.tsx";
import { ForgotPasswordForm } from "./forgot-password-form.tsx";

export const metadata: Metadata = { title: "Forgotten password" };

export default async function ForgotPasswordPage({ searchParams }: PageProps) {
  const { next: wanted, error, done } = await searchParams;
  const next = otherNext(wanted);
  const flash = await readFlash("forgot-password", error ?? done);
  if (!canSendEmail(config())) {
    return (
      <PageHeading title="Forgotten your password?">
        This site cannot send email, so nobody can choose a new password by themselves. Ask whoever
        runs it: they can set one for you.
      </PageHeading>
    );
  }
  return (
    <>
      <PageHeading title="Forgotten your password?">
        Tell us your address, and we send you a link to choose a new one.
      </PageHeading>
      <ForgotPasswordForm
        next={next}
        initialProblem={error ? flash : null}
        email={flash?.values.email}
        sent={Boolean(flash && done)}
      />
      <p className="mt-6 text-muted">
        It has come back to you? <TextLink href="/login">Log in</TextLink>
      </p>
    </>
  );
}
