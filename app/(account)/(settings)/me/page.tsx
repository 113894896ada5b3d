import type { Metadata } from "next";
import { requireSession } from "#lib/server/session.ts";
import { Card } from "#lib/ui/card.tsx";
import { NeedsScripts } from "#lib/ui/needs-scripts.tsx";
import { PageHeading } from "#lib/ui/page-heading.tsx";
import { ProfileForm } from "./profile-form.tsx";
import { ProfileSummary } from "./profile-summary.tsx";
import { UnverifiedNotice } from "./unverified-notice.tsx";

export const metadata: Metadata = { title: "Profile" };

export default async function ProfilePage() {
  await requireSession({ allowUnknown: true });
  return (
    <>
      <PageHeading title="Profile">Who you are here, and what you are called.</PageHeading>
      <NeedsScripts />
      <UnverifiedNotice />
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Card>
          <ProfileSummary />
        </Card>
        <Card>
          <h2 className="mb-5 text-lg">Edit</h2>
          <ProfileForm />
        </Card>
      </div>
    </>
  );
}
