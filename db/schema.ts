/**
 * The types of the tables. Every `*_at` is Unix milliseconds; every flag is 0 or 1, because SQLite
 * has no boolean and one schema serves every engine.
 */

import type { Generated } from "kysely";

export interface UsersTable {
  id: string;
  /** As its owner chose it, here or at the site that it was imported from. */
  username: string;
  /** The canonical form in lower case; unique. Typed usernames are compared with this one. */
  username_key: string;
  /** In its canonical form (lib/contract/identifiers.ts): the domain is ASCII. */
  email: string;
  /** Lower case; unique, because one mailbox has one account. */
  email_key: string;
  email_verified: number;
  name: string;
  role: string;
  is_active: number;
  /** A PHC string of argon2id, or one of Django's until its owner signs in; empty: no password. */
  password_hash: string;
  joined_at: number;
  last_login_at: number | null;
  /** When the account is deleted with everything in it, unless its owner signs in before. */
  deletes_at: number | null;
}

/** One sign-in on one device. docs/sessions.md explains how it advances. */
export interface SessionsTable {
  id: string;
  user_id: string;
  generation: number;
  /** The refresh token last seen in use. */
  token_id: string;
  advanced_at: number;
  created_at: number;
  authenticated_at: number;
  last_used_at: number;
  idle_expires_at: number;
  expires_at: number;
  /** Whether the cookie outlives the browser session. */
  remember: number;
  /** How the user authenticated: space-separated RFC 8176 values. */
  amr: string;
  user_agent: string;
  ip: string;
  /** The id in the device cookie of its browser. Empty without one, and before migration 005. */
  device_id: Generated<string>;
}

export type RevocationReason =
  | "logout"
  | "revoked"
  | "reuse"
  | "replaced"
  | "too_many_sessions"
  | "password_changed"
  | "email_changed"
  | "user_disabled"
  | "user_deleted";

/** A row here invalidates every token of its session, past and future. */
export interface BlacklistTable {
  session_id: string;
  user_id: string;
  reason: RevocationReason;
  revoked_at: number;
  /** From here on no token of the session could be valid anyway, and the row may be pruned. */
  expires_at: number;
}

export interface SigningKeysTable {
  /** 1, 2, 3, …: unique, so that of two instances only one creates the next key. */
  sequence: number;
  /** RFC 7638 thumbprint. */
  kid: string;
  public_jwk: string;
  /** The private JWK as a JWE, encrypted under AUTH_SECRET. */
  private_jwe: string;
  created_at: number;
  /** The key signs from here on. It is published earlier, so that caches have it in time. */
  active_at: number;
}

export interface RateLimitsTable {
  /** A hash of what is counted, because people type passwords into the username field. */
  key: string;
  count: number;
  blocked_until: number;
  expires_at: number;
}

export interface AuditEventsTable {
  id: string;
  at: number;
  type: string;
  user_id: string | null;
  /** Shortened: enough to tell sessions apart, too little to guess one. */
  session: string | null;
  ip: string;
  user_agent: string;
  detail: string;
  /** Where the address is, in words, if the platform says. */
  place: string;
}

export type MailTokenPurpose =
  | "verify_email"
  | "reset_password"
  | "sign_in"
  | "change_email"
  | "undo_email_change";

/** What an emailed link or code stands for. Neither can be read from the row. */
export interface MailTokensTable {
  /** SHA-256 of the token in the link. */
  hash: string;
  purpose: MailTokenPurpose;
  /** The id of a user or of a pending sign-up; empty when neither has the address. */
  user_id: string;
  /** The address that the email was sent to. */
  email: string;
  /** A digest of the account when the token was sent: a later change makes the token void. */
  account_state: string;
  /** A keyed hash of the 6-digit code, since a million are soon tried. Empty without a code. */
  code_hash: string;
  /** How many codes have been tried. */
  tries: number;
  expires_at: number;
  /** SHA-256 of the request cookie that the code needs; empty if any browser may type it. */
  request_hash: Generated<string>;
}

/** A username that its account has given up, and that nobody else can take yet. */
export interface HeldUsernamesTable {
  /** Lower case. */
  username_key: string;
  username: string;
  user_id: string;
  held_at: number;
  expires_at: number;
}

/** A browser that was signed out as a stranger's: its device cookie is void. */
export interface RevokedDevicesTable {
  device_id: string;
  user_id: string;
  /** From here on the cookie has expired anyway. */
  expires_at: number;
}

/** An email that waits to be sent, sealed because it contains a link. */
export interface OutboxTable {
  id: string;
  /** Empty when no account has the address and nothing will be sent. */
  user_id: string;
  sealed: string;
  tries: number;
  /** When the next attempt is due. */
  send_at: number;
  /** From here on it is of no use to its reader. */
  expires_at: number;
  /** 0 for links and codes, which somebody waits for; 1 for news. The lower is sent first. */
  priority: number;
  /** How many notices a digest stands for; 0 for other emails. */
  notices: number;
}

/** A sign-up that becomes a user when its address is confirmed, with the same id. */
export interface PendingSignUpsTable {
  id: string;
  username: string;
  username_key: string;
  email: string;
  email_key: string;
  name: string;
  password_hash: string;
  created_at: number;
  expires_at: number;
}

/** An account that was imported. The row stays when the account is deleted. */
export interface ImportedUsersTable {
  user_id: string;
  /** A digest of the account as the last import left it: equal to today's if nobody has used it. */
  state: string;
}

export interface Tables {
  users: UsersTable;
  sessions: SessionsTable;
  blacklist: BlacklistTable;
  signing_keys: SigningKeysTable;
  rate_limits: RateLimitsTable;
  audit_events: AuditEventsTable;
  mail_tokens: MailTokensTable;
  mails: OutboxTable;
  held_usernames: HeldUsernamesTable;
  revoked_devices: RevokedDevicesTable;
  pending_sign_ups: PendingSignUpsTable;
  imported_users: ImportedUsersTable;
}
