/** Sends what waits in the database, and tries again until it has been taken. */
import { z } from "zod";
import { claimMail, deleteMail, postponeMail } from "#db/mails.ts";
import { unseal } from "#lib/auth/seal.ts";
import { log } from "#lib/http/log.ts";
import type { Services } from "#lib/services.ts";
import type { Mail } from "./mail.ts";
import { transportOf } from "./transport.ts";

/** Milliseconds. Longer than sending takes with all its time limits. */
const lease = 60_000;

/** Milliseconds until the second try; doubles up to the longest. */
const firstPause = 5_000;
const longestPause = 3_600_000;

/** The mail itself is ours; what matters is whom it goes to. */
const sealedSchema = z.object({ to: z.string(), mail: z.custom<Mail>() });

/** Sends everything whose time has come. Safe to run in several processes at once. */
export async function sendDueMails({ db, config }: Pick<Services, "db" | "config">): Promise<void> {
  const transport = transportOf(config);
  if (!transport) return;
  for (;;) {
    const now = Date.now();
    const row = await claimMail(db.query, now, now + lease);
    if (!row) return;
    const opened = await unseal(row.sealed, sealedSchema, "mail", config.secrets);
    try {
      // A seal of a secret that is gone opens no more; nobody can send what is in it.
      if (opened) {
        const { renderLetter } = await import("./letter.tsx");
        const letter = await renderLetter(opened.mail, opened.to);
        if (row.user_id) await transport.send(letter, row.id);
      }
      await deleteMail(db.query, row.id);
    } catch (error) {
      const pause = Math.min(longestPause, firstPause * 2 ** (row.tries - 1));
      await postponeMail(db.query, row.id, Date.now() + pause);
      log.warn({ mail: row.id, tries: row.tries, reason: String(error) }, "mail not sent yet");
    }
  }
}
