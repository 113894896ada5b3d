/** Signing in with a username or email address and a password. */
import { findPendingByIdentifier, type PendingSignUpRow } from "#db/pending-sign-ups.ts";
import { findUserById, findUserByIdentifier, replacePassword, type UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { ignoreLimit, requestVerification } from "#lib/auth/email/requests.ts";
import { isSolved, needsCaptcha } from "#lib/auth/guard/captcha.ts";
import { type DeviceCookie, openDeviceCookie } from "#lib/auth/guard/device-cookie.ts";
import { claimantOf, countHash } from "#lib/auth/guard/hash-limits.ts";
import { type Claimant, QueueFullError } from "#lib/auth/guard/limiter.ts";
import { consume, type Limit, refund, settle, tryConsume } from "#lib/auth/guard/rate-limits.ts";
import type { SessionOptions } from "#lib/auth/session/sessions.ts";
import { type SignIn, signIn, type Visitor } from "#lib/auth/sign-in.ts";
import { hashPassword, needsRehash, readStoredPassword, verifyPassword } from "./hash.ts";

interface Credentials {
  /** A username or an email address. */
  username: string;
  password: string;
  /** What the captcha's widget gave the browser. */
  captcha_token?: string | undefined;
  /** The page that the user wants to see, should an email have to be followed first. */
  next?: string | undefined;
}

/**
 * Signs in the user whom the credentials belong to. An unknown user, a wrong password and an
 * inactive user give one result after one duration (ASVS 6.3.8).
 * @throws {RateLimitedError}
 * @throws {QueueFullError} when too many passwords are being checked
 */
export async function signInWithPassword(
  context: AuthContext,
  visitor: Visitor,
  credentials: Credentials,
  options: SessionOptions,
): Promise<SignIn | { kind: "invalid_credentials" } | { kind: "captcha_required" }> {
  const checked = await checkCredentials(context, visitor, credentials);
  const { next } = credentials;
  if (checked.kind === "pending") {
    const { id, email } = checked.signUp;
    await requestVerification(context, { email, next }, id).catch(ignoreLimit);
    return { kind: "email_not_verified" };
  }
  if (checked.kind !== "right") return checked;
  const { user } = checked;
  const proof = { user, amr: ["pwd"], occasion: { kind: "sign_in" } } as const;
  const result = await signIn(context, visitor, proof, options);
  if (result.kind === "email_not_verified") {
    await requestVerification(context, { email: user.email, next }).catch(ignoreLimit);
  }
  return result;
}

type Checked =
  | { kind: "right"; user: UserRow }
  /** The credentials are those of a sign-up whose address has yet to be confirmed. */
  | { kind: "pending"; signUp: PendingSignUpRow }
  | { kind: "invalid_credentials" }
  | { kind: "captcha_required" };

/**
 * An attempt is consumed before the password is looked at, so that parallel guesses cannot overtake
 * the count, and refunded when the password was right or was not looked at. A browser that has signed
 * in before is counted by itself, apart from the account and the address, whose attempts strangers
 * may have used up.
 */
async function checkCredentials(
  context: AuthContext,
  visitor: Visitor,
  { username, password, captcha_token }: Credentials,
): Promise<Checked> {
  const { db, config } = context;
  const user = await findUserByIdentifier(db.query, username);
  const device = await openDeviceCookie(context, visitor.deviceCookie, user);
  const name = username.toLowerCase();
  const consumed = device ? deviceLimits(device) : nameLimits(context, name);

  let suspicious = false;
  for (const limit of consumed) {
    const attempts = await consume(context, limit);
    suspicious ||= needsCaptcha(limit, attempts);
  }
  const locked = !device && !(await consumeOfAccount(context, user, name, consumed));
  if (config.captcha && suspicious) {
    const solved = await isSolved(config.captcha, captcha_token, context.caller.ip);
    if (!solved) {
      // No password was looked at, so this was no attempt.
      for (const limit of consumed) await refund(context, limit);
      return { kind: "captcha_required" };
    }
  }
  const stored = locked ? undefined : user?.password_hash;
  const right = await countHash(context, name, consumed, (claimant) =>
    verifyPassword(password, stored, claimant),
  );
  if (!user || !right || user.is_active !== 1) {
    const signUp = await findRightSignUp(context, visitor, { username, password });
    if (signUp) {
      // The name's counts stay: the address may be of an account that is not the visitor's.
      const byAddress = consumed.filter(({ kind }) => kind === "login by address");
      for (const limit of byAddress) await refund(context, limit);
      return { kind: "pending", signUp };
    }
    const detail = locked ? "locked" : unusableHashReason(user?.password_hash ?? "");
    await audit(context, "login_failed", { userId: user?.id, detail });
    return { kind: "invalid_credentials" };
  }
  await settle(context, consumed);
  return {
    kind: "right",
    user: await renewHash(context, user, password, claimantOf(context, name)),
  };
}

/**
 * Finds the pending sign-up whose credentials they are. Every sign-in that has failed asks, and
 * compares once more, also where an account has the username or the address and where no sign-up
 * has: neither the result nor the time tells which of them it is (red team 3).
 */
async function findRightSignUp(
  context: AuthContext,
  visitor: Visitor,
  { username, password }: Pick<Credentials, "username" | "password">,
): Promise<PendingSignUpRow | undefined> {
  const { config, db, now } = context;
  if (!config.emailVerificationRequired) return undefined;
  const signUp = await findPendingByIdentifier(db.query, username, now, visitor.signUp?.account);
  // Whatever happens to this hash, a password has been compared, so the attempt is not refunded.
  const right = await countHash(context, username.toLowerCase(), [], (claimant) =>
    verifyPassword(password, signUp?.password_hash, claimant),
  );
  return right ? signUp : undefined;
}

/** What an attempt counts against in a browser that has signed in to this account before. */
function deviceLimits({ id: of }: DeviceCookie): Limit[] {
  return [
    { kind: "login by browser", of },
    { kind: "failures in a row by browser", of },
  ];
}

/**
 * What an attempt counts against in a browser that has never signed in to this account: what was
 * typed, and from where. Only these lead to a 429 or a captcha, which say nothing about the account.
 */
function nameLimits({ caller }: AuthContext, name: string): Limit[] {
  return [
    // The address first: once its attempts are used up, it cannot use up the name's as well.
    { kind: "login by address", of: caller.network },
    { kind: "login by name", of: name },
    { kind: "failures in a row by name", of: name },
  ];
}

/**
 * Consumes an attempt at the account, which has one count for both of its names: nobody gets twice
 * the guesses. Returns false when none is left. Then no password is compared, and the response is
 * that to a wrong one: a 429 would tell whoever has locked a public username which address belongs
 * to it (red team 7). A name without an account is counted alike, so that it takes as long.
 */
async function consumeOfAccount(
  context: AuthContext,
  user: UserRow | undefined,
  name: string,
  consumed: Limit[],
): Promise<boolean> {
  const of = user?.id ?? name;
  const inARow = user ? "failures in a row by account" : "failures in a row by nobody";
  for (const kind of ["login by account", inARow] as const) {
    const taken = await tryConsume(context, { kind, of });
    if (taken.kind === "used_up") return false;
    consumed.push({ kind, of });
  }
  return true;
}

/** Why no password could have been right, for the readers of the audit log. */
function unusableHashReason(stored: string): string {
  const { kind } = readStoredPassword(stored);
  return kind === "too_costly" || kind === "unknown_format" ? `hash ${kind}` : "";
}

/**
 * Hashes the password that was just right with today's parameters, if its hash is of another
 * format or weaker. Returns the user as they are now, as far as is known here.
 */
async function renewHash(
  { db }: AuthContext,
  user: UserRow,
  password: string,
  claimant: Claimant,
): Promise<UserRow> {
  if (!needsRehash(user.password_hash)) return user;
  try {
    const password_hash = await hashPassword(password, claimant);
    if (await replacePassword(db.query, user, password_hash)) return { ...user, password_hash };
    // Another sign-in of the same person was faster, or the password has been changed meanwhile.
    const current = await findUserById(db.query, user.id);
    const right = await verifyPassword(password, current?.password_hash, claimant);
    return current && right ? current : user;
  } catch (error) {
    // Under load the old hash serves until the next sign-in.
    if (error instanceof QueueFullError) return user;
    throw error;
  }
}
