import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { config } from "#lib/config/index.ts";
import { safeNext } from "#lib/safe-next.ts";
import { readFlash } from "#lib/server/flash.ts";
import { readMailedLink } from "#lib/server/mailed-link.ts";
import { DeadLink } from "#lib/ui/dead-link.tsx";
import { CodeLoginForm } from "#lib/ui/forms/code-login-form.tsx";
import { PageHeading } from "#lib/ui/page-heading.tsx";
import type { PageProps } from "#lib/ui/page-props.ts";
import { LinkLoginForm } from "./link-login-form.tsx";

export const metadata: Metadata = { title: "Log in" };

export default async function LoginLinkPage({ searchParams }: PageProps) {
  const { token, next: wanted, error } = await searchParams;
  if (!config().emailLogin) notFound();
  const next = safeNext(wanted);
  const flash = await readFlash("login-link", error);
  const link = await readMailedLink("sign_in", token);
  if (link?.kind === "dead") {
    return <DeadLink again={{ href: "/login/email", label: "Ask for a new link" }} />;
  }
  if (link === undefined) {
    return (
      <>
        <PageHeading title="Log in">Type the code that is in the mail.</PageHeading>
        <CodeLoginForm next={next} email={flash?.values.email} initialProblem={flash} />
      </>
    );
  }
  return (
    <>
      <PageHeading title="Log in">{link.kind === "live" && `As ${link.username}.`}</PageHeading>
      <LinkLoginForm token={link.token} next={next} initialProblem={flash} />
    </>
  );
}
