/**
 * The tables, as types. Every `*_at` is Unix milliseconds; every flag is 0 or 1, because SQLite
 * has no boolean and one schema serves every engine.
 */

export interface UsersTable {
  id: string;
  username: string;
  /** Lower case; unique. What a person types is compared with this one. */
  username_key: string;
  email: string;
  /** Lower case; unique: one mailbox, one account. */
  email_key: string;
  email_verified: number;
  name: string;
  role: string;
  is_active: number;
  /** A PHC string, argon2id; one of Django's until its owner logs in; empty: there is no password. */
  password_hash: string;
  joined_at: number;
  last_login_at: number | null;
  /** When the account and all that belongs to it goes, unless its owner signs in before. */
  deletes_at: number | null;
}

/** One sign-in on one device. docs/sessions.md tells how it advances. */
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
  /** Whether the cookie outlives the browser's window. */
  remember: number;
  /** How the person proved who they are: space-separated RFC 8176 values. */
  amr: string;
  user_agent: string;
  ip: string;
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

/** The one table that says no. A row here ends every token of its session, past and future. */
export interface BlacklistTable {
  session_id: string;
  user_id: string;
  reason: RevocationReason;
  revoked_at: number;
  /** From here on nothing that the row refuses could still be valid, and it may be pruned. */
  expires_at: number;
}

export interface SigningKeysTable {
  /** 1, 2, 3, …: its uniqueness lets one of two instances make the next key, and not both. */
  sequence: number;
  /** RFC 7638 thumbprint. */
  kid: string;
  public_jwk: string;
  /** The private JWK as a JWE, encrypted under AUTH_SECRET. */
  private_jwe: string;
  created_at: number;
  /** The key signs from here on; it is published earlier, so that caches know it in time. */
  active_at: number;
}

export interface RateLimitsTable {
  /** What is counted, hashed: people type passwords into the username field. */
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
  /** Shortened: enough to tell sessions apart, too little to be one. */
  session: string | null;
  ip: string;
  user_agent: string;
  detail: string;
  /** Where the address is, in words, as far as the platform tells. */
  place: string;
}

export type MailTokenPurpose =
  | "verify_email"
  | "reset_password"
  | "sign_in"
  | "change_email"
  | "undo_email_change";

/** What a mailed link or code stands for. Neither can be read from the row. */
export interface MailTokensTable {
  /** SHA-256 of the token in the link. */
  hash: string;
  purpose: MailTokenPurpose;
  /** Empty when nobody has the address. */
  user_id: string;
  /** The address that the mail was sent to. */
  email: string;
  /** A digest of what the account was when it was sent: a later change makes it void. */
  account_state: string;
  /** The 6-digit code under a key of ours: a million of them are soon tried. Empty without one. */
  code_hash: string;
  /** How many codes have been tried. */
  tries: number;
  expires_at: number;
}

/** Mail that waits to be sent, sealed: there are links in it. */
export interface OutboxTable {
  id: string;
  /** Empty when nobody has the address, and nothing is to be sent. */
  user_id: string;
  sealed: string;
  tries: number;
  /** When to try next. */
  send_at: number;
  /** From here on it would be of no use to its reader. */
  expires_at: number;
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
}
