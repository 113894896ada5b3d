/**
 * The queue of emails. Each is written in the transaction of its cause and sent after the response,
 * so that a slow or dead mail server neither delays a request nor loses an email.
 */
import type { Database } from "#db/index.ts";
import { insertEmail } from "#db/outbox.ts";
import type { Config } from "#lib/config/index.ts";
import type { Keyring } from "#lib/crypto/keyring.ts";
import { randomId } from "#lib/crypto/random.ts";
import { seal } from "#lib/crypto/seal.ts";
import type { Email } from "./email.ts";

/** Milliseconds. After three days, news of an account is no news. */
const defaultLifetime = 3 * 24 * 60 * 60 * 1000;

export interface OutboxContext {
  db: Database;
  config: Pick<Config, "mail">;
  keyring: Keyring;
  /** Unix milliseconds. */
  now: number;
  /** Tells the route that it has emails to send after its response. */
  outbox: { filled: boolean };
}

interface Enqueued {
  /** Undefined writes the same row and sends nothing, so that both take as long (ASVS 6.3.8). */
  user: { id: string } | undefined;
  to: string;
  email: Email;
  /** Milliseconds until it is no longer worth sending. */
  lifetime?: number;
}

/** Queues an email, in the transaction of `context.db`. */
export async function enqueueEmail(
  context: OutboxContext,
  { user, to, email, lifetime = defaultLifetime }: Enqueued,
): Promise<void> {
  const { db, config, keyring, now, outbox } = context;
  if (!config.mail) return;
  await insertEmail(db.query, {
    id: randomId(),
    user_id: user?.id ?? "",
    sealed: await seal({ to, mail: email }, "mail", keyring),
    tries: 0,
    send_at: now,
    expires_at: now + lifetime,
  });
  outbox.filled = true;
}
