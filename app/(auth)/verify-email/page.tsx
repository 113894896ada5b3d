import type { Metadata } from "next";
import { canSendEmail, config } from "#lib/config/index.ts";
import { readFlash } from "#lib/server/flash.ts";
import { readMailedLink } from "#lib/server/mailed-link.ts";
import { getSession } from "#lib/server/session.ts";
import { buttonClass } from "#lib/ui/button.tsx";
import { DeadLink } from "#lib/ui/dead-link.tsx";
import { TokenForm } from "#lib/ui/forms/token-form.tsx";
import { VerifyEmailForm } from "#lib/ui/forms/verify-email-form.tsx";
import { NoMail } from "#lib/ui/no-mail.tsx";
import { PageHeading } from "#lib/ui/page-heading.tsx";
import type { PageProps } from "#lib/ui/page-props.ts";

export const metadata: Metadata = { title: "Confirm your email address" };

export default async function VerifyEmailPage({ searchParams }: PageProps) {
  const { token, error, done } = await searchParams;
  const session = await getSession();
  if (done === "verified") return <Verified signedIn={Boolean(session)} />;
  const flash = await readFlash("verify-email", error ?? done);
  const link = await readMailedLink("verify_email", token);
  if (link?.kind === "dead") {
    return <DeadLink again={{ href: "/verify-email", label: "Ask for a new mail" }} />;
  }
  if (link) {
    return (
      <>
        <PageHeading title="Confirm your email address">
          {link.kind === "live" && `${link.email} belongs to the account ${link.username}.`}
        </PageHeading>
        <TokenForm
          action="email/verify"
          token={link.token}
          label="Confirm this address"
          done="/verify-email?done=verified"
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
        sent={Boolean(flash && done)}
        initialProblem={error ? flash : null}
      />
    </>
  );
}

function Verified({ signedIn }: { signedIn: boolean }) {
  return (
    <>
      <PageHeading title="Your address is confirmed">Thank you. That was all.</PageHeading>
      <a href={signedIn ? "/me" : "/login"} className={buttonClass("primary")}>
        {signedIn ? "Go to your profile" : "Log in"}
      </a>
    </>
  );
}
