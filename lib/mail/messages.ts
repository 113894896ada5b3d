/** What each letter says. Links come from our own configuration, never from a request. */
import { dateTimeWords, dateWords } from "#lib/format.ts";
import type { Mail, RequestDetails } from "./email.ts";

export interface Words {
  subject: string;
  /** One for each paragraph. */
  paragraphs: string[];
  button?: { label: string; href: string };
  /** Six digits, for typing where the link cannot be followed. */
  code?: string;
  /** Below everything else, in small print. */
  footnote: string;
}

const notYou =
  "If you did not ask for this, do nothing: without this mail nobody gets any further.";

export function messageFor(mail: Mail): Words {
  switch (mail.kind) {
    case "verify_email":
      return {
        subject: "Confirm your email address",
        paragraphs: ["One step is left: tell us that this address is yours."],
        button: { label: "Confirm this address", href: mail.link },
        code: mail.code,
        footnote: `The link and the code are good for an hour, once. ${notYou}`,
      };
    case "reset_password":
      return {
        subject: "Choose a new password",
        paragraphs: [
          "Somebody, hopefully you, has forgotten the password of your account. Here you choose a new one; all devices are signed out then.",
        ],
        button: { label: "Choose a new password", href: mail.link },
        footnote: `The link is good for 30 minutes, once. ${notYou}`,
      };
    case "sign_in":
      return {
        subject: "Your sign-in link",
        paragraphs: ["Follow the link in the browser in which you want to be signed in."],
        button: { label: "Sign in", href: mail.link },
        code: mail.code,
        footnote: `The link and the code are good for 10 minutes, once. ${notYou} Give the code to nobody who asks for it.`,
      };
    case "change_email":
      return {
        subject: "Confirm your new email address",
        paragraphs: [`${mail.username} wants to use this address from now on.`],
        button: { label: "Use this address", href: mail.link },
        footnote: `The link is good for an hour, once. ${notYou}`,
      };
    case "address_in_use":
      return {
        subject: "You have an account already",
        paragraphs: [
          "Somebody, hopefully you, wanted to use this address for an account. There is one with it already, and nothing has changed.",
          "If you have forgotten your password, choose a new one.",
        ],
        button: { label: "Choose a new password", href: mail.link },
        footnote: "If that was not you, there is nothing that you have to do.",
      };
    case "email_changed":
      return {
        subject: "Your email address was changed",
        paragraphs: [
          `From now on your account belongs to ${mail.email} instead of this address.`,
          happened(mail),
        ],
        button: { label: "That was not me: undo it", href: mail.undoLink },
        footnote:
          "You can undo it for 7 days. All devices are signed out then, and you choose a new password.",
      };
    case "password_changed":
      return {
        subject: "Your password was changed",
        paragraphs: [happened(mail), "Everywhere else, your devices were signed out."],
        button: { label: "That was not me", href: mail.link },
        footnote: "If it was you, there is nothing that you have to do.",
      };
    case "new_sign_in":
      return {
        subject: "A new sign-in to your account",
        paragraphs: [happened(mail)],
        button: { label: "Look at your devices", href: mail.link },
        footnote:
          "If it was you, there is nothing that you have to do. If not, sign that device out and change your password.",
      };
    case "refresh_reused":
      return {
        subject: "We ended a session that may have been copied",
        paragraphs: [
          "One of your sessions was used in two places at once, as it would be if somebody had copied it. We have ended it for both.",
          happened(mail),
        ],
        button: { label: "Look at your devices", href: mail.link },
        footnote:
          "Sign in again. If you share no browser with anybody, change your password as well.",
      };
    case "account_deletion":
      return {
        subject: "Your account will be deleted",
        paragraphs: [
          `On ${dateWords(mail.deletesAt, "UTC")} your account goes, with everything that belongs to it. All devices are signed out.`,
          "Until then signing in is enough to keep it.",
        ],
        button: { label: "Sign in and keep it", href: mail.link },
        footnote: "If you want it to go, there is nothing that you have to do.",
      };
    case "account_kept":
      return {
        subject: "Your account stays",
        paragraphs: ["You have signed in, so your account is not deleted."],
        button: { label: "Go to your account", href: mail.link },
        footnote: "If that was not you, change your password.",
      };
  }
}

function happened({ at, device, from }: RequestDetails): string {
  return `It happened on ${dateTimeWords(at, "UTC")}, with ${device}${from && `, from ${from}`}.`;
}
