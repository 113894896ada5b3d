/** Sends what waits in the database, and tries again until it has been taken. */
import { z } from "zod";
import { claimEmail, deleteEmail, postponeEmail } from "#db/outbox.ts";
import { unseal } from "#lib/crypto/seal.ts";
import { log } from "#lib/log.ts";
import { processWide } from "#lib/process-wide.ts";
import type { Services } from "#lib/services.ts";
import type { Mail } from "./email.ts";
import { transportOf } from "./transport.ts";

/** Milliseconds. Longer than sending takes with all its time limits. */
const lease = 60_000;

/** Milliseconds until the second try; doubles up to the longest. */
const firstPause = 5_000;
const longestPause = 3_600_000;

/** How many mails a process sends at a time, however many requests want one sent. */
const maxSenders = 4;

/** Milliseconds after which no other mail is begun: functions do not live long. */
const shift = 20_000;

/** How many sends are under way in this process. */
const senders = () => processWide("mail-senders", () => ({ running: 0 }));

/** The mail itself is ours; what matters is whom it goes to. */
const sealedSchema = z.object({ to: z.string(), mail: z.custom<Mail>() });

/** Sends everything whose time has come. Safe to run in several processes at once. */
export async function sendDueMails(services: Pick<Services, "db" | "config">): Promise<void> {
  const count = senders();
  // Those who are at it take this mail as well.
  if (count.running >= maxSenders) return;
  count.running += 1;
  try {
    await send(services);
  } finally {
    count.running -= 1;
  }
}

async function send({ db, config }: Pick<Services, "db" | "config">): Promise<void> {
  const transport = transportOf(config);
  if (!transport) return;
  const started = Date.now();
  for (let now = started; now < started + shift; now = Date.now()) {
    const row = await claimEmail(db.query, now, now + lease);
    if (!row) return;
    const opened = await unseal(row.sealed, sealedSchema, "mail", config.secrets);
    try {
      // A seal of a secret that is gone opens no more; nobody can send what is in it.
      if (opened) {
        const { renderMessage } = await import("./template.tsx");
        const letter = await renderMessage(opened.mail, opened.to);
        if (row.user_id) await transport.send(letter, row.id);
      }
      await deleteEmail(db.query, row.id);
    } catch (error) {
      if (isRefused(error)) {
        await deleteEmail(db.query, row.id);
        log.warn({ mail: row.id }, "mail not sent: there is no such mailbox");
        continue;
      }
      const pause = Math.min(longestPause, firstPause * 2 ** (row.tries - 1));
      await postponeEmail(db.query, row.id, Date.now() + pause);
      log.warn({ mail: row.id, tries: row.tries, reason: String(error) }, "mail not sent yet");
    }
  }
}

/**
 * Whether the server knows no such mailbox (RFC 3463 §3.2): asking again would only make it think
 * ill of us. What may be our own mistake, such as a wrong password, is tried again.
 */
function isRefused(error: unknown): boolean {
  if (!(error instanceof Error) || !("rejectedErrors" in error)) return false;
  const [refusal] = Array.isArray(error.rejectedErrors) ? error.rejectedErrors : [];
  return /^5\d\d[ -]5\.1\.\d/.test(String(refusal?.response));
}
