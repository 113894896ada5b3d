import type { Metadata } from "next";
import { listSessions, requireSession } from "#lib/server/session.ts";
import { DeviceList } from "#lib/ui/devices/device-list.tsx";
import { PageHeading } from "#lib/ui/page-heading.tsx";

export const metadata: Metadata = { title: "Devices" };

export default async function SessionsPage() {
  const session = await requireSession("/sessions");
  const sessions = await listSessions(session);
  const thisDeviceFirst = sessions.toSorted((a, b) => Number(b.current) - Number(a.current));
  return (
    <>
      <PageHeading title="Devices">
        Where you are signed in. A device that you sign out is out from its next request on.
      </PageHeading>
      <DeviceList initialSessions={thisDeviceFirst} now={Date.now()} />
    </>
  );
}
