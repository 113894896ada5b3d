/**
 * Anybody can have us write to an address that is not theirs. So our emails carry nothing that a
 * stranger may have chosen (red team 9).
 */
import { expect, test } from "vitest";
import type { AuthContext } from "#lib/auth/context.ts";
import { requestDetails } from "#lib/auth/notices.ts";
import type { Email } from "#lib/mail/email.ts";
import { wordsOf } from "#lib/mail/messages.ts";

const link = "https://www.example.com/";
const details = { at: 0, device: "Firefox on Windows", from: "192.0.2.1" };

/** One of each kind, with every value that it can have. */
const emails: { [Kind in Email["kind"]]: Required<Extract<Email, { kind: Kind }>> } = {
  verify_email: { kind: "verify_email", link, code: "123456" },
  reset_password: { kind: "reset_password", link },
  sign_in: { kind: "sign_in", link, code: "123456" },
  change_email: { kind: "change_email", link },
  address_in_use: { kind: "address_in_use", link },
  email_changed: { kind: "email_changed", undoLink: link, email: "ada@example.com", ...details },
  email_change_undone: { kind: "email_change_undone", link, ...details },
  password_changed: { kind: "password_changed", link, ...details },
  username_changed: { kind: "username_changed", link, ...details },
  new_sign_in: { kind: "new_sign_in", link, ...details },
  refresh_reused: { kind: "refresh_reused", link, ...details },
  account_deletion: { kind: "account_deletion", link, deletesAt: 0 },
  account_kept: { kind: "account_kept", link },
  digest: { kind: "digest", link, notices: 7 },
};

/** Ours: links from the configuration, random codes, times, and what requestDetails lets through. */
const ours = ["kind", "link", "undoLink", "code", "deletesAt", "notices", ...Object.keys(details)];

test.each(Object.values(emails))("$kind is given nothing that a person has typed", (email) => {
  const others = Object.keys(email).filter((key) => !ours.includes(key));
  // The new address, which a verified old address is told, and no other.
  expect(others).toEqual(email.kind === "email_changed" ? ["email"] : []);
});

test("an address that never confirmed the account is not told the new one", () => {
  const { paragraphs } = wordsOf({ ...emails.email_changed, email: null });
  expect(paragraphs[0]).toBe(
    "From now on your account belongs to another address instead of this address.",
  );
});

test.each([
  ["Call-0800-123456/1", "192.0.2.1"],
  ["your-account_is-locked/2.0 (Windows)", "see evil.example"],
  ["https://evil.example/", "evil.example"],
  ["curl/8.5.0", "unknown"],
])("the user agent %j from %j says no more than it should", (userAgent, ip) => {
  const caller = { ip, network: ip, userAgent, place: "" };
  const { device, from } = requestDetails({ now: 0, caller } as AuthContext);
  expect(["Windows", "curl", "Unknown device"]).toContain(device);
  expect(["192.0.2.1", ""]).toContain(from);
});
