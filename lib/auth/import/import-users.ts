/** Imports the users of a Django site, in batches. Running it again changes nothing. */
import { insertAuditEvents } from "#db/audit-events.ts";
import { findHeldUsernames } from "#db/held-usernames.ts";
import { findUsersAmong, insertUsers, type UserRow } from "#db/users.ts";
import { auditEvent } from "#lib/auth/audit.ts";
import { type AuthContext, transaction } from "#lib/auth/context.ts";
import { type DumpRecord, type Importable, readUser } from "./django-dump.ts";

/** Records in a transaction: few enough that a running server hardly waits. */
const chunk = 500;

/** What happened to a record. */
export type Imported =
  | { kind: "imported"; username: string; notes: string[] }
  /** It has been imported before, and is untouched. */
  | { kind: "present" }
  | { kind: "skipped"; why: string };

type Report = (number: number, record: DumpRecord, imported: Imported) => void;

/**
 * Imports `records`. An account that exists already is never changed.
 * @param report is called with each record, in order; the first is number 1
 */
export async function importUsers(
  context: AuthContext,
  records: DumpRecord[],
  { dryRun, report }: { dryRun: boolean; report: Report },
): Promise<void> {
  const read = records.map((record, index) => readUser(record, index + 1, context.now));
  const claims: Claims = {
    usernames: new Map(),
    emails: new Map(),
    ids: new Map(),
    kept: new Set(),
  };
  for (const verdict of read) {
    if (verdict.kind !== "user" || !verdict.user.keepsUsername) continue;
    claims.kept.add(keyOf(verdict.user.usernames[0]));
  }

  for (let start = 0; start < records.length; start += chunk) {
    const piece = read.slice(start, start + chunk);
    const users = piece.flatMap((verdict) => (verdict.kind === "user" ? [verdict.user] : []));
    const taken = await findTaken(context, users);
    const planned = piece.map((verdict, index) =>
      verdict.kind === "user" ? claim(verdict.user, start + index + 1, taken, claims) : verdict,
    );
    const rows = planned.flatMap((plan) => (plan.kind === "new" ? [plan.row] : []));
    const inserted = dryRun ? undefined : await insert(context, rows);
    for (const [index, plan] of planned.entries()) {
      const record = records[start + index];
      if (record) report(start + index + 1, record, outcome(plan, inserted));
    }
  }
}

/** What earlier records of the same dump have taken, with their numbers. */
interface Claims {
  ids: Map<string, number>;
  usernames: Map<string, number>;
  emails: Map<string, number>;
  /** Usernames that stay as they are, so that no derived one takes them. */
  kept: Set<string>;
}

type Taken = Record<"ids" | "usernames" | "held" | "emails", Set<string>>;

type Plan =
  | { kind: "new"; row: UserRow; notes: string[] }
  | { kind: "present" }
  | { kind: "skipped"; why: string };

/** Plans `user` around the accounts in the database and the records before it. */
function claim(
  { user, usernames, keepsUsername, note }: Importable,
  number: number,
  taken: Taken,
  claims: Claims,
): Plan {
  const twin = claims.ids.get(user.id);
  if (twin) return { kind: "skipped", why: `it is record ${twin} again` };
  if (taken.ids.has(user.id)) {
    claims.ids.set(user.id, number);
    return { kind: "present" };
  }
  const sharer = claims.emails.get(user.email_key);
  if (sharer) return { kind: "skipped", why: `record ${sharer} has the same email address` };
  if (taken.emails.has(user.email_key)) {
    return { kind: "skipped", why: "an account here has its email address" };
  }
  const username = usernames.find((name) => {
    const key = keyOf(name);
    if (taken.usernames.has(key) || taken.held.has(key)) return false;
    if (claims.usernames.has(key)) return false;
    return keepsUsername || !claims.kept.has(key);
  });
  if (username === undefined) {
    if (taken.held.has(keyOf(usernames[0]))) {
      return {
        kind: "skipped",
        why: "its username is held for an account here that had it lately",
      };
    }
    const namesake = claims.usernames.get(keyOf(usernames[0]));
    const who = namesake ? `record ${namesake}` : "an account here";
    return { kind: "skipped", why: `${who} has its username (capitals make no difference)` };
  }

  claims.ids.set(user.id, number);
  claims.emails.set(user.email_key, number);
  claims.usernames.set(keyOf(username), number);
  const renamed = keepsUsername ? undefined : `its username is now "${username}"`;
  return {
    kind: "new",
    row: { ...user, username, username_key: keyOf(username) },
    notes: [renamed, note].filter((each) => each !== undefined),
  };
}

function keyOf(username: string): string {
  return username.toLowerCase();
}

async function findTaken({ db, now }: AuthContext, users: Importable[]): Promise<Taken> {
  const usernameKeys = users.flatMap(({ usernames }) => usernames.map(keyOf));
  const found = await findUsersAmong(db.query, {
    ids: users.map(({ user }) => user.id),
    usernameKeys,
    emailKeys: users.map(({ user }) => user.email_key),
  });
  const held = await findHeldUsernames(db.query, usernameKeys, "", now);
  return {
    ids: new Set(found.map(({ id }) => id)),
    usernames: new Set(found.map(({ username_key }) => username_key)),
    held: new Set(held),
    emails: new Set(found.map(({ email_key }) => email_key)),
  };
}

/** Returns the ids that were inserted: all, unless another sign-up was faster. */
async function insert(context: AuthContext, rows: UserRow[]): Promise<Set<string>> {
  return transaction(context, async (tx) => {
    const inserted = await insertUsers(tx.db.query, rows);
    const events = inserted.map((userId) =>
      auditEvent(tx, "user_created", { userId, detail: "imported" }),
    );
    await insertAuditEvents(tx.db, events);
    return new Set(inserted);
  });
}

function outcome(plan: Plan, inserted: Set<string> | undefined): Imported {
  if (plan.kind !== "new") return plan;
  if (inserted && !inserted.has(plan.row.id)) {
    return { kind: "skipped", why: "somebody has just taken its username or email address" };
  }
  return { kind: "imported", username: plan.row.username, notes: plan.notes };
}
