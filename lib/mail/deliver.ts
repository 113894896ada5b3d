/** Sends the queued emails, and retries until the mail server has taken them. */
import { z } from "zod";
import type { Database } from "#db/index.ts";
import { claimEmail, deleteEmail, type EmailRow, postponeEmail } from "#db/outbox.ts";
import type { Config } from "#lib/config/index.ts";
import type { Keyring } from "#lib/crypto/keyring.ts";
import { unseal } from "#lib/crypto/unseal.ts";
import { log } from "#lib/log.ts";
import { LruCache } from "#lib/lru-cache.ts";
import { processWide } from "#lib/process-wide.ts";
import type { Email } from "./email.ts";
import { transportOf } from "./transport.ts";

/** Milliseconds for which a process has an email to itself: longer than all timeouts of a try. */
const lease = 60_000;

/** Milliseconds until the second try. The pause doubles up to the longest. */
const firstPause = 5_000;
const longestPause = 60 * 60 * 1000;

/** How many emails a process sends at a time, however many requests have queued one. */
const maxSenders = 4;

/** Milliseconds after which a sender takes no other email: serverless functions are short-lived. */
const maxSenderTime = 20_000;

const senders = () => processWide("mail-senders", () => ({ running: 0 }));

/** We sealed the email ourselves, so only the recipient is checked. */
const sealedSchema = z.object({ to: z.string(), mail: z.custom<Email>() });
const readSealed = (value: unknown) => sealedSchema.safeParse(value).data;

export interface DeliveryContext {
  db: Database;
  config: Pick<Config, "mail" | "appUrl">;
  keyring: Keyring;
}

/** Sends every email that is due. Safe to run in several processes at once. */
export async function deliverDueEmails(context: DeliveryContext): Promise<void> {
  const count = senders();
  // Those already running take the rest of the queue as well.
  if (count.running >= maxSenders) return;
  count.running += 1;
  try {
    await deliver(context);
  } finally {
    count.running -= 1;
  }
}

async function deliver({ db, config, keyring }: DeliveryContext): Promise<void> {
  const transport = transportOf(config);
  if (!transport) return;
  const started = Date.now();
  for (let now = started; now < started + maxSenderTime; now = Date.now()) {
    const row = await claimEmail(db.query, now, now + lease);
    if (!row) return;
    const opened = await unseal(row.sealed, readSealed, "mail", keyring);
    if (!opened && row.user_id) {
      await keepForOthers(db, row);
      continue;
    }
    try {
      if (opened) {
        const { renderEmail } = await import("./template.ts");
        const message = await renderEmail(complete(opened.mail, row), opened.to);
        if (row.user_id) await transport.send(message, row.id);
      }
      await deleteEmail(db.query, row.id);
    } catch (error) {
      if (isUnknownMailbox(error)) {
        await deleteEmail(db.query, row.id);
        log.warn({ mail: row.id }, "mail not sent: there is no such mailbox");
        continue;
      }
      await postponeEmail(db.query, row.id, Date.now() + pauseAfter(row.tries));
      log.warn({ mail: row.id, tries: row.tries, reason: String(error) }, "mail not sent yet");
    }
  }
}

function pauseAfter(tries: number): number {
  return Math.min(longestPause, firstPause * 2 ** (tries - 1));
}

const unopened = () => processWide("unopened-mail", () => new LruCache<string, true>(1_000));

/**
 * An email that does not open here was sealed under another AUTH_SECRET. A server that has it can
 * still send it, until it expires; a command run with the wrong secret must not drop it.
 */
async function keepForOthers(db: Database, { id, tries }: EmailRow): Promise<void> {
  await postponeEmail(db.query, id, Date.now() + pauseAfter(tries));
  if (unopened().get(id)) return;
  unopened().set(id, true);
  log.warn({ mail: id }, "mail not sent: it is sealed under another AUTH_SECRET, and kept");
}

/** A digest goes on counting after it is sealed, so its number is in its row. */
function complete(email: Email, { notices }: EmailRow): Email {
  return email.kind === "digest" ? { ...email, notices } : email;
}

/**
 * Whether the mail server says that the mailbox does not exist (RFC 3463 §3.2). Retrying would only
 * hurt our reputation there. What may be our own mistake, such as a wrong password, is retried.
 */
function isUnknownMailbox(error: unknown): boolean {
  if (!(error instanceof Error) || !("rejectedErrors" in error)) return false;
  const [refusal] = Array.isArray(error.rejectedErrors) ? error.rejectedErrors : [];
  return /^5\d\d[ -]5\.1\.\d/.test(String(refusal?.response));
}
