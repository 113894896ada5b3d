import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { config } from "#lib/config/index.ts";
import { mailTokenLifetimes } from "#lib/contract/lifetimes.ts";
import { durationWords } from "#lib/format.ts";
import { safeNext } from "#lib/safe-next.ts";
import { readFlash } from "#lib/server/flash.ts";
import { PageHeading } from "#lib/ui/page-heading.tsx";
import type { PageProps } from "#lib/ui/page-props.ts";
import { TextLink } from "#lib/ui/text-link.tsx";
import { EmailLoginForm } from "./email-login-form.tsx";

export const metadata: Metadata = { title: "Log in by mail" };

export default async function EmailLoginPage({ searchParams }: PageProps) {
  const { next: wanted, error, done } = await searchParams;
  if (!config().emailLogin) notFound();
  const next = safeNext(wanted);
  const flash = await readFlash("login-email", error ?? done);
  return (
    <>
      <PageHeading title="Log in by mail">
        Without your password: we send you a link and a code, good for{" "}
        {durationWords(mailTokenLifetimes.sign_in)}.
      </PageHeading>
      <EmailLoginForm
        next={next}
        email={flash?.values.email}
        sent={Boolean(flash && done)}
        initialProblem={error ? flash : null}
      />
      <p className="mt-6 text-muted">
        Rather{" "}
        <TextLink href={`/login?next=${encodeURIComponent(next)}`}>with your password</TextLink>?
      </p>
    </>
  );
}
