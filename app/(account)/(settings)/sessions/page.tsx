import type { Metadata } from "next";
import { listSessions, requireSession } from "#lib/server/session.ts";
import { NeedsScripts } from "#lib/ui/needs-scripts.tsx";
import { PageHeading } from "#lib/ui/page-heading.tsx";
import { DeviceList } from "./device-list.tsx";

export const metadata: Metadata = { title: "Devices" };

export default async function SessionsPage() {
  const session = await requireSession({ allowUnknown: true });
  const sessions = session && (await listSessions(session));
  return (
    <>
      <PageHeading title="Devices">
        Where you are signed in. A device that you sign out is out from its next request on.
      </PageHeading>
      <NeedsScripts />
      <DeviceList initial={sessions && { sessions, now: Date.now() }} />
    </>
  );
}
