/** The emails we send, and what each is given. Times are Unix milliseconds. */

/** When, with what and from where an account was changed or used. */
export interface RequestDetails {
  at: number;
  /** "Firefox on Windows". */
  device: string;
  /** An IP address, and its place if the platform tells. */
  from: string;
}

export type Email =
  | { kind: "verify_email"; link: string; code: string }
  | { kind: "reset_password"; link: string }
  | { kind: "sign_in"; link: string; code: string }
  | { kind: "change_email"; link: string; username: string }
  | { kind: "address_in_use"; link: string }
  | ({ kind: "email_changed"; undoLink: string; email: string } & RequestDetails)
  | ({ kind: "password_changed"; link: string } & RequestDetails)
  | ({ kind: "new_sign_in"; link: string } & RequestDetails)
  | ({ kind: "refresh_reused"; link: string } & RequestDetails)
  | { kind: "account_deletion"; link: string; deletesAt: number }
  | { kind: "account_kept"; link: string };

/** An email rendered for its recipient. */
export interface Message {
  to: string;
  subject: string;
  html: string;
  text: string;
}
