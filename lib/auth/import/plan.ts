/** Decides what becomes of each record: nothing here reads or writes the database. */
import type { UserRow } from "#db/users.ts";
import { usernameKey } from "#lib/contract/identifiers.ts";
import { sha256 } from "#lib/crypto/digest.ts";
import type { Importable, ReadUser } from "./django-user.ts";

type Skipped = { kind: "skipped"; why: string };

export type Plan =
  | { kind: "new"; row: UserRow; notes: string[] }
  /** The account has not been used here, and takes over what has changed at the other site. */
  | { kind: "changed"; row: UserRow; changes: string[]; notes: string[] }
  | { kind: "present" }
  /** The account belongs to its owner now. `differences` are for the operator to look at. */
  | { kind: "used"; differences: string[] }
  | Skipped;

/** The accounts in the database that a few records may be about, or that may stand in their way. */
export interface Accounts {
  byId: Map<string, UserRow>;
  /** The state that the last import left, by user id; also of accounts that were deleted since. */
  states: Map<string, string>;
  /** Keys of usernames that are held for accounts here which had them lately (red team 10). */
  held: Set<string>;
  /** User ids by key. */
  usernames: Map<string, string>;
  emails: Map<string, string>;
}

/** What the records of the dump have, with their numbers. */
export class Claims {
  readonly ids = new Map<string, number>();
  readonly usernames = new Map<string, number>();
  readonly emails = new Map<string, number>();
  /** Keys that accounts give up for others. Another record may have them. */
  readonly left = { usernames: new Set<string>(), emails: new Set<string>() };
  /** Usernames that stay as they are, so that no derived one takes them. */
  readonly kept = new Set<string>();
  /** All addresses of the dump. The first record of each has it, but before it one that verified it. */
  readonly addresses = new Map<string, { number: number; verified: boolean }>();

  constructor(read: ReadUser[]) {
    for (const [index, verdict] of read.entries()) {
      if (verdict.kind === "skipped") continue;
      const { user, username } = verdict.user;
      if (username !== undefined) this.kept.add(usernameKey(username));
      const verified = user.email_verified === 1;
      const first = this.addresses.get(user.email_key);
      if (first && (first.verified || !verified)) continue;
      this.addresses.set(user.email_key, { number: index + 1, verified });
    }
  }

  claim(number: number, { id, username_key, email_key }: UserRow, before?: UserRow): void {
    this.ids.set(id, number);
    this.usernames.set(username_key, number);
    this.emails.set(email_key, number);
    if (!before) return;
    if (before.username_key !== username_key) this.left.usernames.add(before.username_key);
    if (before.email_key !== email_key) this.left.emails.add(before.email_key);
  }
}

/** Plans a record whose account exists here: it is `before`. */
export function planPresent(
  imported: Importable,
  before: UserRow,
  number: number,
  accounts: Accounts,
  claims: Claims,
): Plan {
  const { user } = imported;
  claims.ids.set(user.id, number);
  const { email_verified, joined_at: _, ...rest } = user;
  const isSame = user.email_key === before.email_key;
  const wanted = {
    ...before,
    ...rest,
    // Verified stays verified, wherever that was.
    email_verified: isSame ? Math.max(email_verified, before.email_verified) : email_verified,
    deletes_at: before.deletes_at,
  };
  const name = imported.username;
  if (accounts.states.get(user.id) !== stateOf(before)) {
    const there = name === undefined ? wanted : { ...wanted, username: name };
    const differences = differencesOf(before, there).filter((what) => !ownHere.includes(what));
    return { kind: "used", differences };
  }
  const placed = place(imported, number, accounts, claims, before);
  if (placed.kind === "skipped") return placed;
  const { username, notes } = placed;
  const row = { ...wanted, username, username_key: usernameKey(username) };
  const changes = differencesOf(before, row);
  if (changes.length === 0) return { kind: "present" };
  claims.claim(number, row, before);
  return { kind: "changed", row, changes, notes };
}

/** Plans a record without an account here, around the accounts and the records before it. */
export function planNew(
  imported: Importable,
  number: number,
  accounts: Accounts,
  claims: Claims,
): Plan {
  const { user } = imported;
  const twin = claims.ids.get(user.id);
  if (twin) return { kind: "skipped", why: `it is record ${twin} again` };
  if (accounts.byId.has(user.id)) {
    claims.ids.set(user.id, number);
    return { kind: "present" };
  }
  if (accounts.states.has(user.id)) {
    return { kind: "skipped", why: "its account here was deleted" };
  }
  const placed = place(imported, number, accounts, claims, undefined);
  if (placed.kind === "skipped") return placed;
  const { username, notes } = placed;
  const row = { ...user, username, username_key: usernameKey(username) };
  claims.claim(number, row);
  const renamed = username === imported.username ? [] : [`its username is now "${username}"`];
  return { kind: "new", row, notes: [...renamed, ...notes] };
}

/** Finds a username that is free, unless the address is not. */
function place(
  { user, username: own, derived, notes }: Importable,
  number: number,
  accounts: Accounts,
  claims: Claims,
  before: UserRow | undefined,
): { kind: "placed"; username: string; notes: string[] } | Skipped {
  const isTaken = (what: "usernames" | "emails", key: string) => {
    const owner = accounts[what].get(key);
    return owner !== undefined && owner !== user.id && !claims.left[what].has(key);
  };

  const isHeld = (key: string) => accounts.held.has(key) && key !== before?.username_key;

  const { email_key } = user;
  const sharer = claims.emails.get(email_key);
  if (sharer) return { kind: "skipped", why: `record ${sharer} has the same email address` };
  const holder = claims.addresses.get(email_key);
  if (holder?.verified && holder.number !== number && user.email_verified !== 1) {
    const why = `record ${holder.number} has verified the same email address`;
    return { kind: "skipped", why };
  }
  if (isTaken("emails", email_key)) {
    return { kind: "skipped", why: "an account here has its email address" };
  }

  const key = own === undefined ? "" : usernameKey(own);
  // Whoever types it means the account with that address, and is signed in to no other.
  const owner = claims.addresses.get(key);
  const isForeign =
    (owner !== undefined && owner.number !== number && key !== email_key) || isTaken("emails", key);
  const keeps = own !== undefined && !isForeign;
  const names = keeps ? [own] : before ? [before.username] : derived;
  const username = names.find((name) => {
    const candidate = usernameKey(name);
    if (isTaken("usernames", candidate) || isHeld(candidate)) return false;
    if (claims.usernames.has(candidate)) return false;
    return keeps || before !== undefined || !claims.kept.has(candidate);
  });
  if (username !== undefined) {
    const foreign = isForeign ? ["its own is the address of another account"] : [];
    return { kind: "placed", username, notes: [...foreign, ...notes] };
  }
  const first = usernameKey(names[0] ?? "");
  if (isHeld(first)) {
    return { kind: "skipped", why: "its username is held for an account here that had it lately" };
  }
  const namesake = claims.usernames.get(first);
  const who = namesake ? `record ${namesake}` : "an account here";
  return { kind: "skipped", why: `${who} has its username (capitals make no difference)` };
}

/** What a dump tells of an account, in words. */
const columns = {
  username: "username",
  email: "email address",
  email_verified: "verified address",
  name: "name",
  role: "role",
  is_active: "active",
  password_hash: "password",
  last_login_at: "last sign-in",
} as const satisfies Partial<Record<keyof UserRow, string>>;

/** Using an account changes these here, and they say nothing about the other site. */
const ownHere: string[] = [columns.password_hash, columns.last_login_at];

function differencesOf(before: UserRow, after: UserRow): string[] {
  const names = Object.keys(columns) as (keyof typeof columns)[];
  return names.filter((name) => before[name] !== after[name]).map((name) => columns[name]);
}

/** A digest of everything that using or administering an account changes. */
export function stateOf(user: UserRow): string {
  const names = [...Object.keys(columns), "joined_at", "deletes_at"] as (keyof UserRow)[];
  return sha256(JSON.stringify(names.map((name) => user[name])));
}
