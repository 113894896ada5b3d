/**
 * The one door. Every way to sign in ends here, and nothing else starts a session
 * (tests/unit/one-door.test.ts).
 */
import type { SessionRow } from "#db/sessions.ts";
import { recordLogin, type UserRow } from "#db/users.ts";
import { audit } from "./audit.ts";
import type { AuthContext } from "./context.ts";
import { createDeviceCookie, type DeviceCookie, openDeviceCookie } from "./guard/device-cookie.ts";
import type { SignUpCookie } from "./guard/sign-up-cookie.ts";
import { keepAccount } from "./keep-account.ts";
import { notifyOf } from "./notices.ts";
import type { Delivery, PresentedToken, RefreshToken } from "./session/refresh-token.ts";
import { revoke, revokeByToken } from "./session/revocation.ts";
import { type SessionOptions, startSession } from "./session/sessions.ts";

/** What the browser brought. It is read once, at the route (lib/http/visitor.ts). */
export interface Visitor {
  /** The refresh cookie, opened. No session survives a sign-in in its browser (ASVS 7.2.4). */
  refreshToken: PresentedToken;
  /** The device cookie, still sealed: whether it counts depends on the account. */
  deviceCookie: string | undefined;
  /** The request cookie: which emails this browser has asked for. */
  requestId: string | undefined;
  /** The sign-up cookie, opened: which of several sign-ups for one address is this browser's. */
  signUp: SignUpCookie | undefined;
}

/** Who has proved their identity, and how. */
export interface Proof {
  /** The account as it was when the proof was judged. */
  user: UserRow;
  /** RFC 8176 values, for example `["pwd"]`. */
  amr: readonly string[];
  occasion:
    | { kind: "sign_in" }
    | { kind: "sign_up" }
    /** The owner of `sessionId` has proved their identity again, and goes on in a new session. */
    | { kind: "step_up"; sessionId: string };
}

export interface SignedIn {
  kind: "signed_in";
  session: SessionRow;
  user: UserRow;
  /** The first refresh token of the session. */
  token: RefreshToken;
  /** Recognises the browser at its next sign-in; null for clients that are not browsers. */
  deviceCookie: DeviceCookie | null;
}

export type SignIn =
  | SignedIn
  | { kind: "email_not_verified" }
  /** The account changed while the proof was being judged: the proof is void. */
  | { kind: "proof_outdated" };

/** Starts a session for the user who proved their identity, or says what stands against it. */
export async function signIn(
  context: AuthContext,
  visitor: Visitor,
  proof: Proof,
  options: SessionOptions,
): Promise<SignIn> {
  const { user, occasion } = proof;
  if (occasion.kind === "sign_in" && mustVerify(context, user))
    return { kind: "email_not_verified" };
  // A second factor that is due will be asked for here.

  const known = await openDeviceCookie(context, visitor.deviceCookie, user);
  const deviceCookie =
    options.delivery === "cookie" ? createDeviceCookie(user, context.now, known) : null;
  const { session, token } = await startSession(context, user.id, {
    ...options,
    amr: proof.amr,
    deviceId: deviceCookie?.id ?? "",
  });
  await endPresented(context, visitor, proof);
  const isNew = known === undefined;
  const current = occasion.kind === "sign_in" ? await recordSignIn(context, user, isNew) : user;
  if (!current) {
    await revoke(context, user.id, [session.id], "password_changed");
    return { kind: "proof_outdated" };
  }
  return { kind: "signed_in", session, user: current, token, deviceCookie };
}

/** Moves its owner, who has just proved their identity again, from `session` to a new one. */
export async function renewSession(
  context: AuthContext,
  visitor: Visitor,
  { session, user }: { session: Pick<SessionRow, "id" | "remember">; user: UserRow },
  { amr, delivery }: { amr: readonly string[]; delivery: Delivery },
): Promise<SignIn> {
  const occasion = { kind: "step_up", sessionId: session.id } as const;
  const options = { remember: session.remember === 1, delivery };
  return signIn(context, visitor, { user, amr, occasion }, options);
}

function mustVerify({ config }: AuthContext, user: UserRow): boolean {
  return config.emailVerificationRequired && user.email_verified !== 1;
}

/** Ends the session of the browser's cookie, and the one that a step-up replaces. */
async function endPresented(
  context: AuthContext,
  { refreshToken }: Visitor,
  { user, occasion }: Proof,
): Promise<void> {
  if (refreshToken.kind === "token") await revokeByToken(context, refreshToken.token, "replaced");
  // A caller who came with an access token alone has no cookie that names the session.
  if (occasion.kind === "step_up") await revoke(context, user.id, [occasion.sessionId], "replaced");
}

/**
 * Records the sign-in, keeps an account that was about to be deleted, and tells the owner of a
 * browser that is new here. Returns undefined when the password that was right has been replaced
 * since: hashing takes long enough for that, and an attacker's session must not outlive the owner's
 * new password.
 *
 * It runs after the session was inserted, and needs no transaction: a replacement before this
 * moment is noticed here, and a later one ends the session with all others.
 */
async function recordSignIn(
  context: AuthContext,
  proved: UserRow,
  isNewBrowser: boolean,
): Promise<UserRow | undefined> {
  const { db, now } = context;
  const user = await recordLogin(db.query, proved, now);
  if (!user) return undefined;
  await audit(context, "login", { userId: user.id });
  await keepAccount(context, user);
  if (isNewBrowser) await notifyOf(context, user, "new_sign_in");
  return { ...user, deletes_at: null };
}
