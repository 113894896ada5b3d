/** What the API returns. Times are ISO 8601 UTC, unless a field says otherwise. */
import type { AuditType } from "./audit.ts";

/** The signed-in person as the API shows them. */
export interface User {
  id: string;
  username: string;
  email: string;
  email_verified: boolean;
  name: string;
  role: string;
  is_active: boolean;
  date_joined: string;
  last_login: string | null;
}

/** RFC 6749 §5.1, and the user. `expires_in` is seconds from now, `expires_at` Unix seconds. */
export interface TokenResponse {
  access_token: string;
  token_type: "Bearer";
  expires_in: number;
  expires_at: number;
  user: User;
  /** For clients that are not browsers and have asked for it, whenever it is a new one. */
  refresh_token?: string;
  /** Seconds until it expires if it is not used. */
  refresh_expires_in?: number;
}

/** Something that happened to an account, as its owner sees it. */
export interface ActivityView {
  at: string;
  type: AuditType;
  device: string;
  ip: string;
  place: string;
}

/** One sign-in on one device, as its owner sees it. */
export interface SessionView {
  id: string;
  current: boolean;
  created_at: string;
  last_used_at: string;
  expires_at: string;
  user_agent: string;
  device: string;
  ip: string;
}
