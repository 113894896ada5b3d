/** Accounts: making one, signing in to one, changing what it says. */
import {
  findUserByIdentifier,
  insertUser,
  recordLogin,
  replacePasswordHash,
  type Taken,
  type UserRow,
  updateProfile,
} from "#db/users.ts";
import { audit } from "./audit.ts";
import type { AuthContext } from "./context.ts";
import type { KnownBrowser } from "./known-browser.ts";
import { LaneFullError } from "./lane.ts";
import { hashPassword, needsRehash, readStoredPassword, verifyPassword } from "./password-hash.ts";
import { refusePassword } from "./password-policy.ts";
import { randomId } from "./random-id.ts";
import { giveBack, type Limit, reset, takeFrom } from "./rate-limits.ts";

export interface NewUser {
  username: string;
  email: string;
  password: string;
  name: string;
}

export type SignedUp<Result> =
  | { kind: "created"; user: UserRow; result: Result }
  | { kind: "taken"; what: Taken }
  | { kind: "weak_password"; message: string };

/**
 * Makes an account, and whatever `begin` makes for it: all of it or nothing, so that nobody whose
 * sign-up failed half-way finds their own name taken.
 * @throws {RateLimitedError}
 */
export async function signUp<Result>(
  context: AuthContext,
  input: NewUser,
  begin: (context: AuthContext, user: UserRow) => Promise<Result>,
): Promise<SignedUp<Result>> {
  const { db, config, now, caller } = context;
  const message = await refusePassword(input.password, input, config);
  if (message !== undefined) return { kind: "weak_password", message };
  await takeFrom(context, { kind: "signup by address", of: caller.network });

  const user = await newUserRow(input, now);
  return db.atomically(async (atomic) => {
    const within = { ...context, db: atomic };
    const inserted = await insertUser(atomic.query, user);
    if (inserted !== "ok") return { kind: "taken", what: inserted };
    await audit(within, "signup", { userId: user.id });
    return { kind: "created", user, result: await begin(within, user) };
  });
}

/** The row of a user who has just joined. */
export async function newUserRow(input: NewUser, now: number): Promise<UserRow> {
  return {
    id: randomId(),
    username: input.username,
    username_key: input.username.toLowerCase(),
    email: input.email,
    email_key: input.email.toLowerCase(),
    email_verified: 0,
    name: input.name,
    role: "user",
    is_active: 1,
    password_hash: await hashPassword(input.password),
    joined_at: now,
    last_login_at: now,
  };
}

interface Credentials {
  /** A username or an email address. */
  username: string;
  password: string;
}

/**
 * Finds the user whom the credentials belong to, or undefined: unknown user, wrong password and
 * inactive user are one answer after one duration (ASVS 6.3.8).
 *
 * An attempt is taken before the password is looked at, so that parallel guesses cannot overtake
 * the count, and given back when the password was right. A browser that has signed in before is
 * counted by itself, beside the account and the address that strangers may have used up.
 * @throws {RateLimitedError}
 * @throws {LaneFullError} when too many passwords are being checked
 */
export async function logIn(
  context: AuthContext,
  { username, password }: Credentials,
  openBrowser: (userId: string | undefined) => Promise<KnownBrowser | undefined>,
): Promise<UserRow | undefined> {
  const { db, now, caller } = context;
  const user = await findUserByIdentifier(db.query, username);
  const browser = await openBrowser(user?.id);
  const account: Limit = { kind: "login by account", of: user?.id ?? username.toLowerCase() };
  const address: Limit = { kind: "login by address", of: caller.network };
  const limits: Limit[] = browser
    ? [{ kind: "login by browser", of: browser.id }]
    : // The address first: one that has used up its tries cannot use up the account's as well.
      [address, account];

  for (const limit of limits) await takeFrom(context, limit);
  const right = await verifyPassword(password, user?.password_hash);
  if (!user || !right || user.is_active !== 1) {
    const detail = user ? hindrance(user.password_hash) : "";
    await audit(context, "login_failed", { userId: user?.id, detail });
    return undefined;
  }
  for (const limit of limits) {
    if (limit.kind === "login by address") await giveBack(context, limit);
    else await reset(context, limit);
  }
  await recordLogin(db.query, user.id, now);
  const password_hash = await renewHash(context, user, password);
  return { ...user, last_login_at: now, password_hash };
}

/** Why no password at all could have been right, for whoever reads the audit log. */
function hindrance(stored: string): string {
  const { kind } = readStoredPassword(stored);
  return kind === "too_costly" || kind === "unknown_format" ? `hash ${kind}` : "";
}

/**
 * Hashes the password that was just right with today's parameters, if its hash is of another
 * format or weaker. Answers the hash that is stored now, as far as is known here.
 */
async function renewHash({ db }: AuthContext, user: UserRow, password: string): Promise<string> {
  const old = user.password_hash;
  if (!needsRehash(old)) return old;
  try {
    const renewed = await hashPassword(password);
    return (await replacePasswordHash(db.query, user.id, old, renewed)) ? renewed : old;
  } catch (error) {
    // In a rush the old one will do until the next login.
    if (error instanceof LaneFullError) return old;
    throw error;
  }
}

/** Changes name or username; answers undefined when the user is gone. */
export async function changeProfile(
  context: AuthContext,
  userId: string,
  change: { name?: string | undefined; username?: string | undefined },
): Promise<UserRow | "username_taken" | undefined> {
  const changed = await updateProfile(context.db.query, userId, change);
  if (changed && changed !== "username_taken") {
    await audit(context, "profile_changed", { userId, detail: Object.keys(change).join(" ") });
  }
  return changed;
}
