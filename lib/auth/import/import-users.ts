/** Imports the users of a Django site, in batches. Running it again changes nothing. */
import { insertAuditEvents } from "#db/audit-events.ts";
import { findHeldUsernames } from "#db/held-usernames.ts";
import { findImportedUsers, recordImportedUsers } from "#db/imported-users.ts";
import { findReservedAddresses } from "#db/mail-tokens.ts";
import { findUsersAmong, insertUsers, lockUser, replaceUser, type UserRow } from "#db/users.ts";
import { audit, auditEvent } from "#lib/auth/audit.ts";
import { type AuthContext, transaction } from "#lib/auth/context.ts";
import { usernameKey } from "#lib/contract/identifiers.ts";
import type { DumpedAddress, DumpRecord } from "./django-dump.ts";
import { type ReadUser, readUser } from "./django-user.ts";
import { type Accounts, Claims, type Plan, planNew, planPresent, stateOf } from "./plan.ts";

/** Records in a transaction: few enough that a running server hardly waits. */
const chunk = 500;

/** What happened to a record. */
export type Imported =
  | { kind: "imported"; username: string; notes: string[] }
  | { kind: "updated"; username: string; changes: string[]; notes: string[] }
  /** It has been imported before, and is untouched. */
  | { kind: "present" }
  /** With `update`: its owner has used the account here, so it is untouched. */
  | { kind: "used"; differences: string[] }
  | { kind: "skipped"; why: string };

type Report = (number: number, record: DumpRecord, imported: Imported) => void;

interface ImportOptions {
  dryRun: boolean;
  /** Whether accounts that have not been used here take over what has changed in the dump. */
  update: boolean;
  addressesOf(record: DumpRecord): DumpedAddress[];
  /** Called with each record, in order; the first is number 1. */
  report: Report;
}

/** Imports `records`. An account that has been used here is never changed. */
export async function importUsers(
  context: AuthContext,
  records: DumpRecord[],
  { dryRun, update, addressesOf, report }: ImportOptions,
): Promise<void> {
  const read = records.map((record, index) =>
    readUser(record, index + 1, context.now, addressesOf(record)),
  );
  const claims = new Claims(read);
  const outcomes = new Map<number, Imported>();
  const chunks = Array.from({ length: Math.ceil(read.length / chunk) }, (_, index) =>
    read.slice(index * chunk, (index + 1) * chunk).map((verdict, place) => {
      return { number: index * chunk + place + 1, verdict };
    }),
  );

  // First the accounts that may give an address or a username up, so that others can have it.
  for (const numbered of update ? chunks : []) {
    const accounts = await findAccounts(context, numbered);
    for (const { number, verdict } of numbered) {
      if (verdict.kind === "skipped") continue;
      const { id } = verdict.user.user;
      const account = accounts.byId.get(id);
      if (!account || claims.ids.has(id)) continue;
      const plan = planPresent(verdict.user, account, number, accounts, claims);
      const isToDo = plan.kind === "changed" && !dryRun;
      outcomes.set(number, isToDo ? await change(context, account, plan) : outcomeOf(plan));
    }
  }
  for (const numbered of chunks) {
    const accounts = await findAccounts(context, numbered);
    const planned = numbered.flatMap(({ number, verdict }) => {
      if (outcomes.has(number)) return [];
      if (verdict.kind === "skipped") return [{ number, plan: verdict }];
      return [{ number, plan: planNew(verdict.user, number, accounts, claims) }];
    });
    const rows = planned.flatMap(({ plan }) => (plan.kind === "new" ? [plan.row] : []));
    const inserted = dryRun ? new Set(rows.map(({ id }) => id)) : await insert(context, rows);
    for (const { number, plan } of planned) {
      const isLost = plan.kind === "new" && !inserted.has(plan.row.id);
      outcomes.set(number, isLost ? justTaken : outcomeOf(plan));
    }
    for (const { number } of numbered) {
      const [record, imported] = [records[number - 1], outcomes.get(number)];
      if (record && imported) report(number, record, imported);
    }
  }
}

/** Another sign-up, or another import, was faster. */
const justTaken = {
  kind: "skipped",
  why: "somebody has just taken its username or email address",
} as const;

function outcomeOf(plan: Plan): Imported {
  switch (plan.kind) {
    case "new":
      return { kind: "imported", username: plan.row.username, notes: plan.notes };
    case "changed":
      return { ...plan, kind: "updated", username: plan.row.username };
    default:
      return plan;
  }
}

async function findAccounts(
  { db, now }: AuthContext,
  numbered: { verdict: ReadUser }[],
): Promise<Accounts> {
  const users = numbered.flatMap(({ verdict }) => (verdict.kind === "user" ? [verdict.user] : []));
  const ids = users.map(({ user }) => user.id);
  const usernameKeys = users.flatMap(({ username, derived }) =>
    [...derived, ...(username === undefined ? [] : [username])].map(usernameKey),
  );
  // Also usernames that may be the address of somebody else.
  const emailKeys = [
    ...users.map(({ user }) => user.email_key),
    ...usernameKeys.filter((key) => key.includes("@")),
  ];
  const found = await findUsersAmong(db.query, { ids, usernameKeys, emailKeys });
  const reserved = await findReservedAddresses(db.query, emailKeys, now);
  return {
    byId: new Map(found.map((user) => [user.id, user])),
    states: await findImportedUsers(db.query, ids),
    held: new Set(await findHeldUsernames(db.query, usernameKeys, "", now)),
    usernames: new Map(found.map(({ username_key, id }) => [username_key, id])),
    emails: new Map([...reserved, ...found.map(({ email_key, id }) => [email_key, id] as const)]),
  };
}

/** Returns the ids that were inserted: all, unless another sign-up was faster. */
async function insert(context: AuthContext, rows: UserRow[]): Promise<Set<string>> {
  return transaction(context, async (tx) => {
    const { query } = tx.db;
    const inserted = new Set(await insertUsers(query, rows));
    const users = rows.filter(({ id }) => inserted.has(id));
    await recordImportedUsers(query, users.map(importedUser));
    const events = users.map(({ id }) =>
      auditEvent(tx, "user_created", { userId: id, detail: "imported" }),
    );
    await insertAuditEvents(tx.db, events);
    return inserted;
  });
}

const importedUser = (user: UserRow) => ({ user_id: user.id, state: stateOf(user) });

/** Changes an account, unless its owner has just used it. */
async function change(
  context: AuthContext,
  before: UserRow,
  plan: Extract<Plan, { kind: "changed" }>,
): Promise<Imported> {
  const { row, changes } = plan;
  try {
    return await transaction(context, async (tx) => {
      const { query } = tx.db;
      const current = await lockUser(query, row.id);
      if (!current || stateOf(current) !== stateOf(before))
        return { kind: "used", differences: [] };
      await replaceUser(query, row);
      await recordImportedUsers(query, [importedUser(row)]);
      const detail = `imported: ${changes.join(", ")}`;
      await audit(tx, "profile_changed", { userId: row.id, detail });
      return outcomeOf(plan);
    });
  } catch (error) {
    // The unique indexes decide between two who want the same name or address.
    const { username_key, email_key } = row;
    const keys = { ids: [row.id], usernameKeys: [username_key], emailKeys: [email_key] };
    const found = await findUsersAmong(context.db.query, keys);
    if (found.some(({ id }) => id !== row.id)) return justTaken;
    throw error;
  }
}
