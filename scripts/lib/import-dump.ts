import { closeSync, createReadStream, openSync, writeSync } from "node:fs";
import type { AuthContext } from "#lib/auth/context.ts";
import { type Dump, type DumpRecord, readDump } from "#lib/auth/import/django-dump.ts";
import { type Imported, importUsers } from "#lib/auth/import/import-users.ts";
import { csvLine } from "./csv.ts";
import { Refusal } from "./run-script.ts";

interface ImportOptions {
  model: string | undefined;
  /** Reports what would happen, and writes nothing. */
  dryRun: boolean;
  /** Accounts that have not been used here take over what has changed. */
  update: boolean;
  /** Where to write what became of each record. */
  reportFile: string | undefined;
}

/** Imports the users of a Django dump. Prints a line for each record with a remark, and a summary. */
export async function importDump(
  context: AuthContext,
  file: string,
  { model, dryRun, update, reportFile }: ImportOptions,
): Promise<void> {
  const dump = await readFile(file, model);
  if (dump.kind === "refused") throw new Refusal(dump.message);
  const { records, addressesOf } = dump;

  const counts = { imported: 0, updated: 0, present: 0, used: 0, skipped: 0 };
  const lines = reportFile === undefined ? undefined : openReport(reportFile);
  try {
    lines?.write(
      "record",
      "key",
      "username there",
      "email there",
      "outcome",
      "username",
      "remarks",
    );
    const report = (number: number, record: DumpRecord, imported: Imported) => {
      counts[imported.kind] += 1;
      const remarks = remarksOf(imported);
      for (const remark of remarks) {
        console.log(`record ${number} ${JSON.stringify(nameOf(record))}: ${remark}`);
      }
      const username = "username" in imported ? imported.username : "";
      const there = [record.pk, record.fields.username, record.fields.email].map(textOf);
      lines?.write(number, ...there, words(dryRun)[imported.kind], username, remarks.join("; "));
    };
    await importUsers(context, records, { dryRun, update, addressesOf, report });
  } finally {
    lines?.close();
  }
  console.log(`${records.length} records: ${summary(counts, { dryRun, update })}.`);
}

async function readFile(file: string, model: string | undefined): Promise<Dump> {
  try {
    return await readDump(createReadStream(file), model);
  } catch (error) {
    if (!isFileError(error)) throw error;
    throw new Refusal(`${file} cannot be read: ${error.message}`);
  }
}

/** Opens a new file that only its owner may read: it has names and addresses in it. */
function openReport(file: string) {
  let report: number;
  try {
    report = openSync(file, "wx", 0o600);
  } catch (error) {
    if (!isFileError(error)) throw error;
    const why = error.code === "EEXIST" ? "there is such a file already" : error.message;
    throw new Refusal(`The report cannot be written to ${file}: ${why}. Nothing was imported.`);
  }
  // A byte order mark, without which Excel takes the file for something else than UTF-8.
  writeSync(report, "\uFEFF");
  return {
    write: (...cells: (string | number)[]) => writeSync(report, csvLine(cells)),
    close: () => closeSync(report),
  };
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

const words = (dryRun: boolean) => ({
  imported: dryRun ? "would be imported" : "imported",
  updated: dryRun ? "would be updated" : "updated",
  present: "there already and untouched",
  used: "used here and untouched",
  skipped: "skipped",
});

function summary(
  counts: Record<Imported["kind"], number>,
  { dryRun, update }: { dryRun: boolean; update: boolean },
): string {
  const kinds = ["imported", "updated", "present", "used", "skipped"] as const;
  const withUpdate: Imported["kind"][] = ["updated", "used"];
  const shown = kinds.filter((kind) => update || !withUpdate.includes(kind));
  return shown.map((kind) => `${counts[kind]} ${words(dryRun)[kind]}`).join(", ");
}

function remarksOf(imported: Imported): string[] {
  switch (imported.kind) {
    case "imported":
      return imported.notes;
    case "updated":
      return [`changed: ${imported.changes.join(", ")}`, ...imported.notes];
    case "used": {
      const { differences } = imported;
      return differences.length > 0 ? [`used here; differs there: ${differences.join(", ")}`] : [];
    }
    case "skipped":
      return [`skipped, ${imported.why}`];
    case "present":
      return [];
  }
}

/** The name by which the other site knows the record. */
function nameOf({ fields, pk }: DumpRecord): string {
  return [fields.username, fields.email, pk].map(textOf).find((name) => name) ?? "";
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
