import type { Metadata } from "next";
import { deletionGracePeriod } from "#lib/contract/lifetimes.ts";
import { durationWords } from "#lib/format.ts";
import { readFlash } from "#lib/server/flash.ts";
import { requireSession } from "#lib/server/session.ts";
import { Card } from "#lib/ui/card.tsx";
import { PageHeading } from "#lib/ui/page-heading.tsx";
import type { PageProps } from "#lib/ui/page-props.ts";
import { DeleteAccount } from "./delete-account.tsx";
import { DownloadData } from "./download-data.tsx";

export const metadata: Metadata = { title: "Data" };

export default async function DataPage({ searchParams }: PageProps) {
  await requireSession({ allowUnknown: true });
  const { error } = await searchParams;
  const [download, deletion] = await Promise.all([
    readFlash("data", error),
    readFlash("deletion", error),
  ]);
  return (
    <>
      <PageHeading title="Data">
        What is kept about you is yours, to take or to have deleted.
      </PageHeading>
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Card>
          <h2 className="text-lg">Download</h2>
          <p className="mt-2 mb-5 leading-relaxed text-muted">
            Your profile, your devices and your activity, as one JSON file.
          </p>
          <DownloadData initialProblem={download} />
        </Card>
        <Card>
          <h2 className="text-lg">Delete the account</h2>
          <p className="mt-2 mb-5 leading-relaxed text-muted">
            All your devices are signed out now, and in {durationWords(deletionGracePeriod)}{" "}
            everything is gone for good. Until then, logging in keeps the account.
          </p>
          <DeleteAccount initialProblem={deletion} />
        </Card>
      </div>
    </>
  );
}
