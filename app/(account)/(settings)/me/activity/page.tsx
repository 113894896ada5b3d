import type { Metadata } from "next";
import { auditRetention } from "#lib/contract/lifetimes.ts";
import { durationWords } from "#lib/format.ts";
import { listActivity, requireSession } from "#lib/server/session.ts";
import { PageHeading } from "#lib/ui/page-heading.tsx";
import { ActivityList } from "./activity-list.tsx";

export const metadata: Metadata = { title: "Activity" };

export default async function ActivityPage() {
  const session = await requireSession({ allowUnknown: true });
  return (
    <>
      <PageHeading title="Activity">
        What has happened to your account in the last {durationWords(auditRetention)}. If something
        here was not you, change your password: everybody else is out then.
      </PageHeading>
      <ActivityList initial={session && (await listActivity(session))} />
    </>
  );
}
