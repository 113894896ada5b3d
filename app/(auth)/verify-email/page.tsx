import type { Metadata } from "next";
import { canSendEmail, config } from "#lib/config/index.ts";
import { otherNext } from "#lib/safe-next.ts";
import { type Flash, readFlash } from "#lib/server/flash.ts";
import { getSession } from "#lib/server/session.ts";
import { readVerificationLink, type VerificationLink } from "#lib/server/verification-link.ts";
import { buttonClass } from "#lib/ui/button.tsx";
import { DeadLink } from "#lib/ui/dead-link.tsx";
import type { Proof } from "#lib/ui/forms/verification-proof.tsx";
import { VerifyEmailForm } from "#lib/ui/forms/verify-email-form.tsx";
import { VerifyLinkForm } from "#lib/ui/forms/verify-link-form.tsx";
import { NoMail } from "#lib/ui/no-mail.tsx";
import { PageHeading } from "#lib/ui/page-heading.tsx";
import type { PageProps } from "#lib/ui/page-props.ts";

export const metadata: Metadata = { title: "Confirm your email address" };

export default async function VerifyEmailPage({ searchParams }: PageProps) {
  const { token, error, done, next: wanted, proof: asked } = await searchParams;
  const next = otherNext(wanted);
  const session = await getSession();
  if (done === "verified") return <Verified signedIn={Boolean(session)} next={next} />;
  const flash = await readFlash("verify-email", error ?? done);
  const link = await readVerificationLink(token);
  const proof = proofFor(asked ?? flash?.values.proof, link, flash);
  const { passwordMinLength: minLength } = config();
  if (link?.kind === "dead") {
    return <DeadLink again={{ href: "/verify-email", label: "Ask for a new mail" }} />;
  }
  if (link) {
    return (
      <>
        <PageHeading title="Confirm your email address">
          {link.kind === "live" && `${link.email} belongs to the account ${link.username}.`}
        </PageHeading>
        <VerifyLinkForm
          token={link.token}
          next={next}
          proof={proof}
          typedUsername={flash?.values.username}
          username={link.kind === "live" ? link.username : undefined}
          minLength={minLength}
          initialProblem={error ? flash : null}
        />
      </>
    );
  }
  if (!canSendEmail(config())) {
    return (
      <>
        <PageHeading title="Confirm your email address" />
        <NoMail>So addresses stay unconfirmed, and nothing depends on it.</NoMail>
      </>
    );
  }
  return (
    <>
      <PageHeading title="Confirm your email address">
        Follow the link in our mail, or type its code here.
      </PageHeading>
      <VerifyEmailForm
        email={flash?.values.email ?? session?.user.email}
        next={next}
        proof={proof}
        typedUsername={flash?.values.username}
        minLength={minLength}
        sent={Boolean(flash && done)}
        initialProblem={error ? flash : null}
      />
    </>
  );
}

/** What to ask for besides the link or the code. */
function proofFor(asked: unknown, link: VerificationLink | undefined, flash: Flash | null): Proof {
  if (asked === "new_password" || asked === "password") return asked;
  const refused = flash?.code === "password_required" || flash?.code === "invalid_credentials";
  return refused || (link?.kind === "live" && !link.ours) ? "password" : "none";
}

function Verified({ signedIn, next }: { signedIn: boolean; next: string | undefined }) {
  const login = next ? `/login?next=${encodeURIComponent(next)}` : "/login";
  return (
    <>
      <PageHeading title="Your address is confirmed">Thank you. That was all.</PageHeading>
      <a href={signedIn ? (next ?? "/me") : login} className={buttonClass("primary")}>
        {signedIn ? (next ? "Go on" : "Go to your profile") : "Log in"}
      </a>
    </>
  );
}
