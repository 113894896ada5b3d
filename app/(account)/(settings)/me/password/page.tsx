import type { Metadata } from "next";
import { config } from "#lib/config/index.ts";
import { readFlash } from "#lib/server/flash.ts";
import { requireSession } from "#lib/server/session.ts";
import { Card } from "#lib/ui/card.tsx";
import { PageHeading } from "#lib/ui/page-heading.tsx";
import type { PageProps } from "#lib/ui/page-props.ts";
import { ChangePasswordForm } from "./change-password-form.tsx";

export const metadata: Metadata = { title: "Password" };

export default async function PasswordPage({ searchParams }: PageProps) {
  await requireSession({ allowUnknown: true });
  const { error, done } = await searchParams;
  const flash = await readFlash("password", error ?? done);
  return (
    <>
      <PageHeading title="Password">
        Changing it signs out all your other devices. This one stays signed in.
      </PageHeading>
      <Card className="max-w-lg">
        <ChangePasswordForm
          minLength={config().passwordMinLength}
          initialProblem={error ? flash : null}
          changed={Boolean(flash && done)}
        />
      </Card>
    </>
  );
}
