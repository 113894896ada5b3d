/**
 * Mail is written to the database, together with whatever caused it, and sent after the answer: so
 * neither a slow mail server nor a dead one is felt by anybody, and nothing is forgotten.
 */
import { insertEmail } from "#db/outbox.ts";
import type { UserRow } from "#db/users.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { randomId } from "#lib/crypto/random-id.ts";
import { seal } from "#lib/crypto/seal.ts";
import type { Mail } from "./email.ts";

/** Milliseconds for which news of an account is worth being told. */
const newsLifetime = 3 * 24 * 3_600_000;

interface Posting {
  /** Who gets it; without a user nothing is sent, and it takes as long (ASVS 6.3.8). */
  user: Pick<UserRow, "id"> | undefined;
  to: string;
  mail: Mail;
  /** Milliseconds. */
  lifetime?: number;
}

/**
 * Puts a mail into the queue: it is there when the transaction of `context.db` is. The route sends
 * it when it has answered.
 */
export async function post(
  context: AuthContext,
  { user, to, mail, lifetime = newsLifetime }: Posting,
): Promise<void> {
  const { db, config, now, outbox } = context;
  if (!config.mail) return;
  await insertEmail(db.query, {
    id: randomId(),
    user_id: user?.id ?? "",
    sealed: await seal({ to, mail }, "mail", config.secrets),
    tries: 0,
    send_at: now,
    expires_at: now + lifetime,
  });
  outbox.filled = true;
}
