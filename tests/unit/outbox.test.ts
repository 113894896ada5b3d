/** The outbox, with a real mail server. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { requestPasswordReset } from "#lib/auth/email/requests.ts";
import { notifyOf } from "#lib/auth/notices.ts";
import { Keyring } from "#lib/crypto/keyring.ts";
import { deliverDueEmails } from "#lib/mail/deliver.ts";
import { newCore } from "../support/context.ts";
import { linkIn, type Smtp, startSmtp } from "../support/smtp.ts";

const hour = 60 * 60_000;

let smtp: Smtp;
let core: Awaited<ReturnType<typeof newCore>>;

beforeEach(async () => {
  smtp = await startSmtp();
  core = await newCore({ SMTP_URL: smtp.url, MAIL_FROM: "no-reply@example.com" });
  core.context.now = Date.now();
});
afterEach(async () => {
  await core.close();
  await smtp.close();
});

const queued = () => core.context.db.query.selectFrom("mails").selectAll().execute();
const deliver = () => deliverDueEmails(core.context);
const subjects = () => smtp.received.map(({ subject }) => subject);

/** Makes what is queued due, as if its time had come. */
async function hurry() {
  await core.context.db.query.updateTable("mails").set({ send_at: 0 }).execute();
}

// red team 12
describe("notices to one account", () => {
  test("are ten an hour, then one email that says how many more there were", async () => {
    const ada = await core.addUser("ada");
    for (let i = 0; i < 60; i += 1) await notifyOf(core.context, ada, "new_sign_in");
    await deliver();
    expect(smtp.received).toHaveLength(10);
    const waiting = await queued();
    expect(waiting.map(({ notices, send_at }) => [notices, send_at])).toEqual([
      [50, core.context.now + hour],
    ]);
    await hurry();
    await deliver();
    const digest = await smtp.take(ada.email, /More has happened/);
    expect(digest.text).toContain("50 more times");
    expect(linkIn(digest).pathname).toBe("/me/activity");
    expect(await queued()).toEqual([]);
    // The next hour starts anew.
    const later = { ...core.context, now: core.context.now + hour + 1 };
    await notifyOf(later, ada, "new_sign_in");
    expect((await queued()).map(({ notices }) => notices)).toEqual([0]);
  });

  test("of another kind are not drowned by them", async () => {
    const ada = await core.addUser("ada");
    for (let i = 0; i < 60; i += 1) await notifyOf(core.context, ada, "new_sign_in");
    await notifyOf(core.context, ada, "password_changed");
    await deliver();
    await smtp.take(ada.email, /password was changed/);
    expect((await queued()).map(({ notices }) => notices)).toEqual([50]);
  });

  test("do not delay the links of others", async () => {
    const people = await Promise.all(
      Array.from({ length: 3 }, (_, i) => core.addUser(`noisy${i}`)),
    );
    for (const person of people) {
      for (let i = 0; i < 10; i += 1) await notifyOf(core.context, person, "new_sign_in");
    }
    const grace = await core.addUser("grace");
    // Asked for after all of them.
    core.context.now += 1;
    await requestPasswordReset(core.context, { email: grace.email });
    await deliver();
    expect(subjects()).toHaveLength(31);
    expect(subjects()[0]).toBe("Choose a new password");
  });

  test("without a limit are all sent", async () => {
    const open = await newCore({
      SMTP_URL: smtp.url,
      MAIL_FROM: "no-reply@example.com",
      RATE_LIMITS: "off",
    });
    const ada = await open.addUser("ada");
    for (let i = 0; i < 12; i += 1) await notifyOf(open.context, ada, "new_sign_in");
    const rows = await open.context.db.query.selectFrom("mails").select("notices").execute();
    expect(rows).toHaveLength(12);
    await open.close();
  });
});

// red team 5
describe("an email that was sealed under another AUTH_SECRET", () => {
  test("is kept for a server that can open it", async () => {
    const ada = await core.addUser("ada");
    await notifyOf(core.context, ada, "password_changed");
    const stranger = {
      ...core.context,
      keyring: new Keyring(["another secret of the operator's!"]),
    };
    for (let i = 0; i < 3; i += 1) {
      await deliverDueEmails(stranger);
      await hurry();
    }
    expect(smtp.received).toEqual([]);
    expect(await queued()).toHaveLength(1);
    await deliver();
    await smtp.take(ada.email, /password was changed/);
    expect(await queued()).toEqual([]);
  });
});
