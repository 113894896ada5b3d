import type { Metadata } from "next";
import { requireSession } from "#lib/server/session.ts";
import { NeedsScripts } from "#lib/ui/needs-scripts.tsx";
import { PageHeading } from "#lib/ui/page-heading.tsx";
import { SessionInspector } from "./inspector.tsx";

export const metadata: Metadata = { title: "Session inspector" };

export default async function PingPage() {
  await requireSession({ allowUnknown: true });
  return (
    <>
      <PageHeading title="Session inspector">
        Watch how you stay signed in. Let the access token expire, call the API, and see it renewed
        on the way. Open a second tab to see the two share it.
      </PageHeading>
      <NeedsScripts />
      <SessionInspector />
    </>
  );
}
