import type { AuditType } from "#lib/contract/audit.ts";

/** What each event is called on the owner's activity page. */
export const activityWords: Record<AuditType, string> = {
  signup: "Account made",
  signup_refused: "Somebody tried to sign up with your address",
  login: "Signed in",
  login_failed: "Failed to sign in",
  logout: "Signed out",
  session_revoked: "Devices signed out",
  refresh_reused: "A session that may have been copied was ended",
  rate_limited: "Too many attempts",
  profile_changed: "Profile changed",
  password_changed: "Password changed",
  password_reset_requested: "A new password was asked for by mail",
  reauthenticated: "Password confirmed",
  reauthentication_failed: "Wrong password when asked to confirm it",
  email_sign_in_requested: "A sign-in link was asked for",
  verification_requested: "A mail to confirm the address was sent",
  email_verified: "Email address confirmed",
  code_refused: "A wrong code was typed",
  email_change_requested: "A new email address was asked for",
  email_changed: "Email address changed",
  email_change_undone: "Change of the email address undone",
  data_exported: "Data downloaded",
  deletion_scheduled: "Account set to be deleted",
  deletion_cancelled: "Account kept",
  user_created: "Account made by an administrator",
  user_disabled: "Account disabled by an administrator",
  user_enabled: "Account enabled by an administrator",
};

/** Events that an owner should look at twice. */
export const alarming: ReadonlySet<AuditType> = new Set([
  "login_failed",
  "refresh_reused",
  "reauthentication_failed",
  "rate_limited",
  "signup_refused",
  "code_refused",
]);
