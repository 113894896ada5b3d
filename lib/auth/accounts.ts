/** Accounts: making one, signing in to one, changing what it says. */
import { isAddressReserved } from "#db/mail-tokens.ts";
import {
  deleteUser,
  findUserById,
  findUserByIdentifier,
  type Insertion,
  insertUser,
  recordLogin,
  replacePassword,
  type UserRow,
  updateProfile,
} from "#db/users.ts";
import { pageLink } from "#lib/mail/links.ts";
import { post } from "#lib/mail/post.ts";
import { audit } from "./audit.ts";
import { isSolved, needsCaptcha } from "./captcha.ts";
import type { AuthContext } from "./context.ts";
import { keepAccount } from "./deletion.ts";
import type { KnownBrowser } from "./known-browser.ts";
import { LaneFullError } from "./lane.ts";
import { requestVerification, sendVerification, takeMail } from "./mail-requests.ts";
import { issueMailToken } from "./mail-tokens.ts";
import { hashPassword, needsRehash, readStoredPassword, verifyPassword } from "./password-hash.ts";
import { refusePassword } from "./password-policy.ts";
import { randomId } from "./random-id.ts";
import { giveBack, type Limit, RateLimitedError, reset, takeFrom } from "./rate-limits.ts";

export interface NewUser {
  username: string;
  email: string;
  password: string;
  name: string;
}

export type SignedUp<Result> =
  | { kind: "created"; user: UserRow; result: Result }
  /** A mail says how to go on, to the new account or to the one that has the address already. */
  | { kind: "verification_sent" }
  | { kind: "taken"; what: "username_taken" | "email_taken" }
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
  // Where nobody waits for it, a mail too many is left out.
  const mayWrite = await takeMail(context, "verify_email", input.email).then(
    () => true,
    (error: unknown) => {
      if (config.emailVerificationRequired) throw error;
      ignoreLimit(error);
      return false;
    },
  );

  const user = await newUserRow(input, now);
  return db.atomically(async (atomic) => {
    const within = { ...context, db: atomic };
    const inserted = await insertUnlessReserved(within, user);
    if (inserted.kind === "username_taken") return { kind: "taken", what: inserted.kind };
    if (inserted.kind === "email_taken") {
      if (!config.emailVerificationRequired) return { kind: "taken", what: inserted.kind };
      await tellOwner(within, user, inserted.owner);
      return { kind: "verification_sent" };
    }
    await audit(within, "signup", { userId: user.id });
    if (mayWrite) await sendVerification(within, user);
    if (config.emailVerificationRequired) return { kind: "verification_sent" };
    return { kind: "created", user, result: await begin(within, user) };
  });
}

async function insertUnlessReserved(context: AuthContext, user: UserRow): Promise<Insertion> {
  const { query } = context.db;
  const inserted = await insertUser(query, user);
  if (inserted.kind !== "ok") return inserted;
  // Asked after: who has just changed away from the address was in the way until it was reserved.
  const reserved = await isAddressReserved(query, user.email_key, user.id, context.now);
  if (!reserved) return inserted;
  await deleteUser(query, user.id);
  return { kind: "email_taken", owner: undefined };
}

/**
 * The address has an account, which its owner is told and whoever signs up is not. As many rows are
 * written as for a new account, so that the time tells nothing either.
 */
async function tellOwner(
  context: AuthContext,
  { email }: UserRow,
  owner: UserRow | undefined,
): Promise<void> {
  await audit(context, "signup_refused", { userId: owner?.id });
  await issueMailToken(context, "verify_email", undefined, email);
  const link = pageLink(context.config, "/forgot-password");
  const mail = { kind: "address_in_use", link } as const;
  await post(context, { user: owner, to: owner?.email ?? email, mail });
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
    deletes_at: null,
  };
}

interface Credentials {
  /** A username or an email address. */
  username: string;
  password: string;
  /** What the captcha's widget has given the browser. */
  captcha_token?: string | undefined;
}

export type Login =
  | { kind: "proved"; user: UserRow }
  | { kind: "invalid_credentials" }
  | { kind: "captcha_required" }
  | { kind: "email_not_verified" };

/**
 * Finds the user whom the credentials belong to: unknown user, wrong password and inactive user are
 * one answer after one duration (ASVS 6.3.8).
 *
 * An attempt is taken before the password is looked at, so that parallel guesses cannot overtake
 * the count, and given back when the password was right. A browser that has signed in before is
 * counted by itself, beside the account and the address that strangers may have used up.
 * @throws {RateLimitedError}
 * @throws {LaneFullError} when too many passwords are being checked
 */
export async function logIn(
  context: AuthContext,
  { username, password, captcha_token }: Credentials,
  openBrowser: (user: UserRow | undefined) => Promise<KnownBrowser | undefined>,
): Promise<Login> {
  const { db, config } = context;
  const user = await findUserByIdentifier(db.query, username);
  const browser = await openBrowser(user);
  const limits = browser ? knownBrowsersLimits(browser) : strangersLimits(context, username, user);

  let suspicious = false;
  for (const limit of limits) {
    const attempts = await takeFrom(context, limit);
    suspicious ||= needsCaptcha(limit, attempts);
  }
  if (config.captcha && suspicious) {
    const solved = await isSolved(config.captcha, captcha_token, context.caller.ip);
    if (!solved) {
      // No password was looked at, so it is no attempt.
      for (const limit of limits) await giveBack(context, limit);
      return { kind: "captcha_required" };
    }
  }
  const right = await verifyPassword(password, user?.password_hash);
  if (!user || !right || user.is_active !== 1) {
    const detail = user ? hindrance(user.password_hash) : "";
    await audit(context, "login_failed", { userId: user?.id, detail });
    return { kind: "invalid_credentials" };
  }
  for (const limit of limits) {
    if (limit.kind === "login by address") await giveBack(context, limit);
    else await reset(context, limit);
  }
  if (config.emailVerificationRequired && user.email_verified !== 1) {
    await requestVerification(context, user.email).catch(ignoreLimit);
    return { kind: "email_not_verified" };
  }
  return { kind: "proved", user: await renewHash(context, user, password) };
}

/** What a login counts against that comes from a browser which has signed in to this account. */
function knownBrowsersLimits({ id: of }: KnownBrowser): Limit[] {
  return [
    { kind: "login by browser", of },
    { kind: "failures in a row by browser", of },
  ];
}

/** What a login counts against that comes from a browser which has never signed in here. */
function strangersLimits(
  { caller }: AuthContext,
  username: string,
  user: UserRow | undefined,
): Limit[] {
  const of = user?.id ?? username.toLowerCase();
  return [
    // The address first: one that has used up its tries cannot use up the account's as well.
    { kind: "login by address", of: caller.network },
    { kind: "login by account", of },
    { kind: user ? "failures in a row by account" : "failures in a row by nobody", of },
  ];
}

/** The mails of this hour are in the mailbox already. */
function ignoreLimit(error: unknown) {
  if (!(error instanceof RateLimitedError)) throw error;
}

/** Why no password at all could have been right, for whoever reads the audit log. */
function hindrance(stored: string): string {
  const { kind } = readStoredPassword(stored);
  return kind === "too_costly" || kind === "unknown_format" ? `hash ${kind}` : "";
}

/**
 * Hashes the password that was just right with today's parameters, if its hash is of another
 * format or weaker. Answers the user as they are now, as far as is known here.
 */
async function renewHash({ db }: AuthContext, user: UserRow, password: string): Promise<UserRow> {
  if (!needsRehash(user.password_hash)) return user;
  try {
    const password_hash = await hashPassword(password);
    if (await replacePassword(db.query, user, password_hash)) return { ...user, password_hash };
    // Another login of the same person was faster, or the password has been changed meanwhile.
    const current = await findUserById(db.query, user.id);
    const right = await verifyPassword(password, current?.password_hash);
    return current && right ? current : user;
  } catch (error) {
    // In a rush the old one will do until the next login.
    if (error instanceof LaneFullError) return user;
    throw error;
  }
}

/**
 * What every way of signing in ends with, when its session is there. An account that was about to be
 * deleted stays. Undefined when the password that was right has been replaced meanwhile: hashing
 * takes long enough for that, and a thief's login must not outlive the owner's new password.
 */
export async function recordSignIn(
  context: AuthContext,
  proved: UserRow,
): Promise<UserRow | undefined> {
  const user = await recordLogin(context.db.query, proved, context.now);
  if (!user) return undefined;
  await audit(context, "login", { userId: user.id });
  await keepAccount(context, user);
  return { ...user, deletes_at: null };
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
