/**
 * The emails we send, and what each is given. Times are Unix milliseconds.
 *
 * Anybody can have us write to an address: by signing up with it, or by changing theirs to it. So
 * none is given what a stranger may have chosen, such as a username, which mail programs turn into a
 * link if it looks like one (red team 9).
 */

/** When, with what and from where an account was changed or used. */
export interface RequestDetails {
  at: number;
  /** "Firefox on Windows": from a list of ours, never a caller's words. */
  device: string;
  /** An IP address, and its place if the platform tells. */
  from: string;
}

export type Email =
  | { kind: "verify_email"; link: string; code: string }
  | { kind: "reset_password"; link: string }
  | { kind: "sign_in"; link: string; code: string }
  | { kind: "change_email"; link: string }
  | { kind: "address_in_use"; link: string }
  | ({
      kind: "email_changed";
      /** Null where nothing can be undone. */
      undoLink: string | null;
      /** The new address; null where the reader may be a stranger to the account. */
      email: string | null;
    } & RequestDetails)
  | ({ kind: "email_change_undone"; link: string } & RequestDetails)
  | ({ kind: "password_changed"; link: string } & RequestDetails)
  | ({ kind: "username_changed"; link: string } & RequestDetails)
  | ({ kind: "new_sign_in"; link: string } & RequestDetails)
  | ({ kind: "refresh_reused"; link: string } & RequestDetails)
  | { kind: "account_deletion"; link: string; deletesAt: number }
  | { kind: "account_kept"; link: string }
  /** In place of notices beyond the limit. `notices` says how many. */
  | { kind: "digest"; link: string; notices: number };

/** Whether a person waits for it, to go on with a link or a code. All else is news. */
export function isAwaited({ kind }: Email): boolean {
  switch (kind) {
    case "verify_email":
    case "reset_password":
    case "sign_in":
    case "change_email":
    case "address_in_use":
      return true;
    case "email_changed":
    case "email_change_undone":
    case "password_changed":
    case "username_changed":
    case "new_sign_in":
    case "refresh_reused":
    case "account_deletion":
    case "account_kept":
    case "digest":
      return false;
  }
}

/** An email rendered for its recipient. */
export interface Message {
  to: string;
  subject: string;
  html: string;
  text: string;
}
