/** Creating an account. */
import type { PendingSignUpRow } from "#db/pending-sign-ups.ts";
import type { UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import { type AuthContext, transaction } from "#lib/auth/context.ts";
import {
  consumeEmail,
  ignoreLimit,
  refundEmail,
  sendVerification,
} from "#lib/auth/email/requests.ts";
import { countHash } from "#lib/auth/guard/hash-limits.ts";
import type { Claimant } from "#lib/auth/guard/limiter.ts";
import { consume, type Limit } from "#lib/auth/guard/rate-limits.ts";
import { hashPassword } from "#lib/auth/password/hash.ts";
import { refusePassword } from "#lib/auth/password/policy.ts";
import type { SessionOptions } from "#lib/auth/session/sessions.ts";
import { type SignIn, signIn, type Visitor } from "#lib/auth/sign-in.ts";
import { randomId } from "#lib/crypto/random.ts";
import { insertUnlessReserved } from "./insert-user.ts";
import { startSignUp } from "./pending.ts";

export interface NewUser {
  username: string;
  email: string;
  password: string;
  name: string;
}

export type SignUp =
  | SignIn
  /** An email says how to go on, to the visitor or to the owner of the account with the address. */
  | { kind: "verification_sent"; signUp: PendingSignUpRow }
  | { kind: "username_taken" }
  | { kind: "email_taken" }
  | { kind: "weak_password"; message: string };

/**
 * Creates an account and signs its owner in: both or neither, so that no sign-up that failed
 * half-way leaves a username taken. Where addresses have to be verified first, it only keeps the
 * sign-up (pending.ts).
 * @throws {RateLimitedError}
 */
export async function signUp(
  context: AuthContext,
  visitor: Visitor,
  input: NewUser,
  options: SessionOptions & { next?: string | undefined },
): Promise<SignUp> {
  const { config, now, caller } = context;
  const limit: Limit = { kind: "signup by address", of: caller.network };
  await consume(context, limit);
  const message = await refusePassword(input.password, input, config);
  if (message !== undefined) return { kind: "weak_password", message };

  const user = await countHash(context, undefined, [limit], (claimant) =>
    newUserRow(input, now, claimant),
  );
  const mayWrite = await consumeVerificationEmail(context, input.email);
  const result = await transaction<SignUp>(context, async (tx) => {
    if (config.emailVerificationRequired) return startSignUp(tx, user, options.next);
    const inserted = await insertUnlessReserved(tx, user);
    if (inserted.kind !== "ok") return { kind: inserted.kind };
    await audit(tx, "signup", { userId: user.id });
    if (mayWrite) await sendVerification(tx, user, options.next);
    const proof = { user, amr: ["pwd"], occasion: { kind: "sign_up" } } as const;
    return signIn(tx, visitor, proof, options);
  });
  const isTaken = result.kind === "username_taken" || result.kind === "email_taken";
  if (isTaken && mayWrite) await refundEmail(context, "verify_email", input.email);
  return result;
}

/** Whether the verification email may be sent. Where sign-in does not depend on it, it is left out. */
async function consumeVerificationEmail(context: AuthContext, email: string): Promise<boolean> {
  try {
    await consumeEmail(context, "verify_email", email);
    return true;
  } catch (error) {
    if (context.config.emailVerificationRequired) throw error;
    ignoreLimit(error);
    return false;
  }
}

/** The row of a user who has just joined. */
export async function newUserRow(
  input: NewUser,
  now: number,
  claimant?: Claimant,
): Promise<UserRow> {
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
    password_hash: await hashPassword(input.password, claimant),
    joined_at: now,
    last_login_at: now,
    deletes_at: null,
  };
}
