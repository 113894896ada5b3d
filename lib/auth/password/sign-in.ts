/** Proving by a password who one is. */
import {
  findUserById,
  findUserByIdentifier,
  recordLogin,
  replacePassword,
  type UserRow,
} from "#db/users.ts";
import { keepAccount } from "#lib/auth/account/deletion.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { ignoreLimit, requestVerification } from "#lib/auth/email/requests.ts";
import { isSolved, needsCaptcha } from "#lib/auth/guard/captcha.ts";
import type { DeviceCookie } from "#lib/auth/guard/device-cookie.ts";
import { QueueFullError } from "#lib/auth/guard/limiter.ts";
import { consume, type Limit, refund, reset } from "#lib/auth/guard/rate-limits.ts";
import { hashPassword, needsRehash, readStoredPassword, verifyPassword } from "./hash.ts";

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
 * @throws {QueueFullError} when too many passwords are being checked
 */
export async function logIn(
  context: AuthContext,
  { username, password, captcha_token }: Credentials,
  openBrowser: (user: UserRow | undefined) => Promise<DeviceCookie | undefined>,
): Promise<Login> {
  const { db, config } = context;
  const user = await findUserByIdentifier(db.query, username);
  const browser = await openBrowser(user);
  const limits = browser ? deviceLimits(browser) : strangersLimits(context, username, user);

  let suspicious = false;
  for (const limit of limits) {
    const attempts = await consume(context, limit);
    suspicious ||= needsCaptcha(limit, attempts);
  }
  if (config.captcha && suspicious) {
    const solved = await isSolved(config.captcha, captcha_token, context.caller.ip);
    if (!solved) {
      // No password was looked at, so it is no attempt.
      for (const limit of limits) await refund(context, limit);
      return { kind: "captcha_required" };
    }
  }
  const right = await verifyPassword(password, user?.password_hash);
  if (!user || !right || user.is_active !== 1) {
    const detail = user ? unusableHashReason(user.password_hash) : "";
    await audit(context, "login_failed", { userId: user?.id, detail });
    return { kind: "invalid_credentials" };
  }
  for (const limit of limits) {
    if (limit.kind === "login by address") await refund(context, limit);
    else await reset(context, limit);
  }
  if (config.emailVerificationRequired && user.email_verified !== 1) {
    await requestVerification(context, user.email).catch(ignoreLimit);
    return { kind: "email_not_verified" };
  }
  return { kind: "proved", user: await renewHash(context, user, password) };
}

/** What a login counts against that comes from a browser which has signed in to this account. */
function deviceLimits({ id: of }: DeviceCookie): Limit[] {
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

/** Why no password at all could have been right, for whoever reads the audit log. */
function unusableHashReason(stored: string): string {
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
    if (error instanceof QueueFullError) return user;
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
