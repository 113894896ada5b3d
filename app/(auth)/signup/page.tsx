import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { config } from "#lib/config/index.ts";
import { safeNext } from "#lib/safe-next.ts";
import { readFlash } from "#lib/server/flash.ts";
import { getSession } from "#lib/server/session.ts";
import { PageHeading } from "#lib/ui/page-heading.tsx";
import type { PageProps } from "#lib/ui/page-props.ts";
import { TextLink } from "#lib/ui/text-link.tsx";
import { SignupForm } from "./signup-form.tsx";

export const metadata: Metadata = { title: "Sign up" };

export default async function SignupPage({ searchParams }: PageProps) {
  const { next: wanted, error } = await searchParams;
  const next = safeNext(wanted);
  if (await getSession()) redirect(next);
  const flash = await readFlash("signup", error);
  return (
    <>
      <PageHeading title="Sign up" />
      <SignupForm
        next={next}
        minLength={config().passwordMinLength}
        initialProblem={flash}
        values={flash?.values ?? {}}
      />
      <p className="mt-6 text-muted">
        Here before? <TextLink href={`/login?next=${encodeURIComponent(next)}`}>Log in</TextLink>
      </p>
    </>
  );
}
