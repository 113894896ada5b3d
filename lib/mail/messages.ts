/** What each email says. Its links come from the configuration, never from a request. */
import { mailTokenLifetimes, usernameHold } from "#lib/contract/lifetimes.ts";
import { dateTimeWords, dateWords, durationWords } from "#lib/format.ts";
import type { Email, RequestDetails } from "./email.ts";

export interface Words {
  subject: string;
  paragraphs: string[];
  button?: { label: string; href: string };
  /** Six digits to type on a device that cannot follow the link. */
  code?: string;
  /** Small print at the end. */
  footnote: string;
}

const notYou =
  "If you did not ask for this, do nothing: without this mail nobody gets any further.";

export function wordsOf(email: Email): Words {
  switch (email.kind) {
    case "verify_email":
      return {
        subject: "Confirm your email address",
        paragraphs: ["One step is left: tell us that this address is yours."],
        button: { label: "Confirm this address", href: email.link },
        code: email.code,
        footnote: `The link and the code are good for ${durationWords(mailTokenLifetimes.verify_email)}, once. ${notYou}`,
      };
    case "reset_password":
      return {
        subject: "Choose a new password",
        paragraphs: [
          "Somebody, hopefully you, has forgotten the password of your account. Here you choose a new one; all devices are signed out then.",
        ],
        button: { label: "Choose a new password", href: email.link },
        footnote: `The link is good for ${durationWords(mailTokenLifetimes.reset_password)}, once. ${notYou}`,
      };
    case "sign_in":
      return {
        subject: "Your sign-in link",
        paragraphs: ["Follow the link in the browser in which you want to be signed in."],
        button: { label: "Sign in", href: email.link },
        code: email.code,
        footnote: `The link and the code are good for ${durationWords(mailTokenLifetimes.sign_in)}, once. ${notYou} The code works only in the browser that asked for it; give it to nobody who asks for it.`,
      };
    case "change_email":
      return {
        subject: "Confirm your new email address",
        paragraphs: ["One step is left until your account uses this address."],
        button: { label: "Use this address", href: email.link },
        footnote: `The link is good for ${durationWords(mailTokenLifetimes.change_email)}, once. ${notYou} The old address can undo the change for ${durationWords(mailTokenLifetimes.undo_email_change)}: anyone who reads its mail could then take the account.`,
      };
    case "address_in_use":
      return {
        subject: "You have an account already",
        paragraphs: [
          "Somebody, hopefully you, wanted to use this address for an account. There is one with it already, and nothing has changed.",
          "If you have forgotten your password, choose a new one.",
        ],
        button: { label: "Choose a new password", href: email.link },
        footnote: "If that was not you, there is nothing that you have to do.",
      };
    case "email_changed":
      return {
        subject: "Your email address was changed",
        paragraphs: [
          `From now on your account belongs to ${email.email ?? "another address"} instead of this address.`,
          happened(email),
        ],
        ...(email.undoLink !== null && {
          button: { label: "That was not me: undo it", href: email.undoLink },
        }),
        footnote:
          email.undoLink === null
            ? "The change cannot be undone from this address."
            : `You can undo it for ${durationWords(mailTokenLifetimes.undo_email_change)}. All devices are signed out then, and you choose a new password. Anyone who reads your mail at this address can do the same.`,
      };
    case "email_change_undone":
      return {
        subject: "The change of your email address was undone",
        paragraphs: [
          "Your account belongs to its earlier address again, and no longer to this one. All devices were signed out, and the password no longer works.",
          happened(email),
        ],
        button: { label: "Log in", href: email.link },
        footnote:
          "It was done with a link that we sent to the earlier address. If that was not you, a stranger reads the mail there.",
      };
    case "password_changed":
      return {
        subject: "Your password was changed",
        paragraphs: [happened(email), "Everywhere else, your devices were signed out."],
        button: { label: "That was not me", href: email.link },
        footnote: "If it was you, there is nothing that you have to do.",
      };
    case "username_changed":
      return {
        subject: "Your username was changed",
        paragraphs: [
          happened(email),
          `For ${durationWords(usernameHold)} nobody else can take the old one, and you can take it back.`,
        ],
        button: { label: "Look at your devices", href: email.link },
        footnote:
          "If it was you, there is nothing that you have to do. If not, sign out the devices that you do not know and change your password.",
      };
    case "new_sign_in":
      return {
        subject: "A new sign-in to your account",
        paragraphs: [happened(email)],
        button: { label: "Look at your devices", href: email.link },
        footnote:
          "If it was you, there is nothing that you have to do. If not, sign that device out and change your password.",
      };
    case "refresh_reused":
      return {
        subject: "We ended a session that may have been copied",
        paragraphs: [
          "One of your sessions was used in two places at once, as it would be if somebody had copied it. We have ended it for both.",
          happened(email),
        ],
        button: { label: "Look at your devices", href: email.link },
        footnote:
          "Sign in again. If you share no browser with anybody, change your password as well.",
      };
    case "account_deletion":
      return {
        subject: "Your account will be deleted",
        paragraphs: [
          `On ${dateWords(email.deletesAt, "UTC")} your account goes, with everything that belongs to it. All devices are signed out.`,
          "Until then signing in is enough to keep it.",
        ],
        button: { label: "Sign in and keep it", href: email.link },
        footnote: "If you want it to go, there is nothing that you have to do.",
      };
    case "account_kept":
      return {
        subject: "Your account stays",
        paragraphs: [
          "You have signed in, or undone the change of your address, so your account is not deleted.",
        ],
        button: { label: "Go to your account", href: email.link },
        footnote: "If that was not you, change your password.",
      };
    case "digest": {
      const more = email.notices === 1 ? "one more time" : `${email.notices} more times`;
      return {
        subject: "More has happened in your account",
        paragraphs: [
          `Something happened ${more} that we usually write to you about. So many emails help nobody, so here is one.`,
        ],
        button: { label: "See what happened", href: email.link },
        footnote: "If that was not you, change your password.",
      };
    }
  }
}

function happened({ at, device, from }: RequestDetails): string {
  return `It happened on ${dateTimeWords(at, "UTC")}, with ${device}${from && `, from ${from}`}.`;
}
