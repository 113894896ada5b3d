import { readFileSync } from "node:fs";
import type { AuthContext } from "#lib/auth/context.ts";
import { type DumpRecord, readDump } from "#lib/auth/import/django-dump.ts";
import { type Imported, importUsers } from "#lib/auth/import/import-users.ts";
import { Refusal } from "./run-script.ts";

interface ImportOptions {
  model: string | undefined;
  /** Reports what would happen, and writes nothing. */
  dryRun: boolean;
}

/** Imports the users of a Django dump. Prints a line for each record with a remark, and a summary. */
export async function importDump(
  context: AuthContext,
  file: string,
  { model, dryRun }: ImportOptions,
): Promise<void> {
  const dump = readDump(readText(file), model);
  if (dump.kind === "refused") throw new Refusal(dump.message);

  const counts = { imported: 0, present: 0, skipped: 0 };
  const report = (number: number, record: DumpRecord, imported: Imported) => {
    counts[imported.kind] += 1;
    for (const line of remarks(imported)) {
      console.log(`record ${number} ${JSON.stringify(nameOf(record))}: ${line}`);
    }
  };
  await importUsers(context, dump.records, { dryRun, report });
  const { imported, present, skipped } = counts;
  console.log(
    `${dump.records.length} records: ${imported} ${dryRun ? "would be imported" : "imported"}, ` +
      `${present} there already and untouched, ${skipped} skipped.`,
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Refusal(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function remarks(imported: Imported): string[] {
  switch (imported.kind) {
    case "imported":
      return imported.notes;
    case "skipped":
      return [`skipped, ${imported.why}`];
    case "present":
      return [];
  }
}

/** The name by which the other site knows the record. */
function nameOf({ fields, pk }: DumpRecord): string {
  return [fields.username, fields.email, pk].map(String).find((name) => name) ?? "";
}
