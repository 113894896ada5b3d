/**
 * The queue of emails. Each is written in the transaction of its cause and sent after the response,
 * so that a slow or dead mail server neither delays a request nor loses an email.
 */
import type { Database } from "#db/index.ts";
import { addToDigest, type EmailRow, insertEmail } from "#db/outbox.ts";
import type { Config } from "#lib/config/index.ts";
import { sha256 } from "#lib/crypto/digest.ts";
import type { Keyring } from "#lib/crypto/keyring.ts";
import { randomId } from "#lib/crypto/random.ts";
import { seal } from "#lib/crypto/seal.ts";
import { type Email, isAwaited } from "./email.ts";

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
export async function enqueueEmail(context: OutboxContext, enqueued: Enqueued): Promise<void> {
  if (!context.config.mail) return;
  const row = await rowOf(context, enqueued);
  await insertEmail(context.db.query, { ...row, id: randomId(), send_at: context.now });
  context.outbox.filled = true;
}

interface Digest {
  user: { id: string };
  to: string;
  link: string;
  /** When it is sent, in Unix milliseconds. */
  at: number;
}

/** Counts a notice in the digest that the user gets at `at`, and queues the digest if it is the first. */
export async function enqueueInDigest(context: OutboxContext, digest: Digest): Promise<void> {
  if (!context.config.mail) return;
  const { user, to, link, at } = digest;
  // `notices` is filled in from the row when it is sent.
  const email = { kind: "digest", link, notices: 0 } as const;
  const lifetime = at - context.now + defaultLifetime;
  const row = await rowOf(context, { user, to, email, lifetime });
  const id = sha256(`digest ${user.id} ${at}`).slice(0, 22);
  await addToDigest(context.db.query, { ...row, id, send_at: at, notices: 1 });
}

async function rowOf(
  { keyring, now }: OutboxContext,
  { user, to, email, lifetime = defaultLifetime }: Enqueued,
): Promise<Omit<EmailRow, "id" | "send_at">> {
  return {
    user_id: user?.id ?? "",
    sealed: await seal({ to, mail: email }, "mail", keyring),
    tries: 0,
    expires_at: now + lifetime,
    priority: isAwaited(email) ? 0 : 1,
    notices: 0,
  };
}
