import type { Metadata } from "next";
import { config } from "#lib/config/index.ts";
import { otherNext } from "#lib/safe-next.ts";
import { readFlash } from "#lib/server/flash.ts";
import { readMailedLink } from "#lib/server/mailed-link.ts";
import { DeadLink } from "#lib/ui/dead-link.tsx";
import { PageHeading } from "#lib/ui/page-heading.tsx";
import type { PageProps } from "#lib/ui/page-props.ts";
import { ResetPasswordForm } from "./reset-password-form.tsx";

export const metadata: Metadata = { title: "New password" };

export default async function ResetPasswordPage({ searchParams }: PageProps) {
  const { token, next: wanted, error } = await searchParams;
  const next = otherNext(wanted);
  const link = await readMailedLink("reset_password", token);
  if (link === undefined || link.kind === "dead") {
    return <DeadLink again={{ href: "/forgot-password", label: "Ask for a new link" }} />;
  }
  const username = link.kind === "live" ? link.username : undefined;
  return (
    <>
      <PageHeading title="Choose a new password">
        {username ? `For the account ${username}. ` : ""}All your devices are signed out by it.
      </PageHeading>
      <ResetPasswordForm
        token={link.token}
        next={next}
        username={username}
        minLength={config().passwordMinLength}
        initialProblem={await readFlash("reset-password", error)}
      />
    </>
  );
}
