/** What we write to people, and what each letter has to know. Times are Unix milliseconds. */

/** The requestDetails of something that has happened to an account. */
export interface RequestDetails {
  at: number;
  /** "Firefox on Windows". */
  device: string;
  /** An address, and where that is, as far as we know. */
  from: string;
}

export type Mail =
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

/** A letter that is ready to be sent. */
export interface Message {
  to: string;
  subject: string;
  html: string;
  text: string;
}
