/** `npm run audit`: prints what happened to accounts and sessions. */
import { listAuditEvents } from "#db/audit-events.ts";
import { findUser } from "#db/users.ts";
import { deviceName } from "#lib/auth/device-name.ts";
import { canonicalIdentifier } from "#lib/contract/identifiers.ts";
import { auditRetention } from "#lib/contract/lifetimes.ts";
import { durationWords, isoTime } from "#lib/format.ts";
import { Refusal, runScript, UsageError } from "./lib/run-script.ts";

const usage = `
Usage: npm run audit -- [--user USER] [--since 7d] [--type TYPE] [--limit 100] [--json]

Prints the audit log, the newest event last.

  --user USER    of one user only: a username, an email address or an id
  --since TIME   not older than that: 30m, 12h, 7d, or a time such as 2026-11-24T08:00Z
  --type TYPE    events of one kind only, such as login_failed
  --limit N      the newest N; 100 if it is left out
  --json         a JSON object a line, with everything that is known

The log goes back ${durationWords(auditRetention)}.
`;

const options = {
  user: { type: "string" },
  since: { type: "string" },
  type: { type: "string" },
  limit: { type: "string" },
  json: { type: "boolean" },
} as const;

/** Milliseconds. */
const units = { m: 60_000, h: 3_600_000, d: 86_400_000 };

await runScript(usage, options, async ({ db }, { positionals, values }) => {
  if (positionals.length > 0) throw new UsageError(`What is "${positionals[0]}"?`);
  const limit = readLimit(values.limit ?? "100");
  const since = readSince(values.since, Date.now());
  const user =
    values.user === undefined
      ? undefined
      : await findUser(db.query, canonicalIdentifier(`${values.user}`));
  if (values.user !== undefined && !user) throw new Refusal(`There is no user "${values.user}".`);

  const events = await listAuditEvents(db.query, {
    ...(user && { userId: user.id }),
    ...(since !== undefined && { since }),
    ...(values.type !== undefined && { type: `${values.type}` }),
    limit,
  });
  events.reverse();
  if (values.json) {
    for (const { at, ...event } of events)
      console.log(JSON.stringify({ at: isoTime(at), ...event }));
    return;
  }
  const rows = events.map(
    ({ at, type, username, user_id, session, ip, place, user_agent, detail }) => [
      isoTime(at),
      type,
      username ?? user_id ?? "-",
      session ?? "-",
      [ip, place].filter(Boolean).join(", ") || "-",
      deviceName(user_agent),
      detail,
    ],
  );
  for (const line of inColumns(rows)) console.log(line);
  if (rows.length === 0) console.log("Nothing has been recorded.");
});

function readLimit(value: string | boolean): number {
  const limit = Number(value);
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError("--limit takes a whole number.");
  return limit;
}

/** Unix milliseconds. */
function readSince(value: string | boolean | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const [, amount, unit] = /^(\d{1,5})([mhd])$/.exec(`${value}`) ?? [];
  const at = unit
    ? now - Number(amount) * units[unit as keyof typeof units]
    : Date.parse(`${value}`);
  if (Number.isNaN(at)) throw new UsageError("--since takes 30m, 12h, 7d or a time.");
  return at;
}

/** Pads each column to its widest value, except the last. */
function inColumns(rows: string[][]): string[] {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((value, i) => value.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
