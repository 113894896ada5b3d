import type { Selectable } from "kysely";
import type { Query } from "./database.ts";
import type { MailTokenPurpose, MailTokensTable } from "./schema.ts";

export type MailTokenRow = Selectable<MailTokensTable>;

export async function insertMailToken(db: Query, token: MailTokenRow): Promise<void> {
  await db.insertInto("mail_tokens").values(token).execute();
}

export async function findMailToken(
  db: Query,
  hash: string,
  purpose: MailTokenPurpose,
  now: number,
): Promise<MailTokenRow | undefined> {
  return db
    .selectFrom("mail_tokens")
    .selectAll()
    .where("hash", "=", hash)
    .where("purpose", "=", purpose)
    .where("expires_at", ">", now)
    .executeTakeFirst();
}

/** Consumes the token and returns whether it was there: of two concurrent uses, one succeeds. */
export async function deleteMailToken(db: Query, hash: string): Promise<boolean> {
  const result = await db.deleteFrom("mail_tokens").where("hash", "=", hash).executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Voids the codes that were sent to the user's address for `purpose`; their links stay valid. */
export async function voidCodes(
  db: Query,
  { purpose, user_id, email }: Pick<MailTokenRow, "purpose" | "user_id" | "email">,
): Promise<void> {
  await db
    .updateTable("mail_tokens")
    .set({ code_hash: "" })
    .where("email", "=", email)
    .where("purpose", "=", purpose)
    .where("user_id", "=", user_id)
    .where("code_hash", "!=", "")
    .execute();
}

interface CodeTry {
  /** The address as the email was sent to it. */
  email: string;
  purpose: MailTokenPurpose;
  /** The request that the visitor's browser made; empty if it made none. */
  requestHash: string;
  maxTries: number;
  now: number;
}

/**
 * Takes one try from each live code that was sent to `email` and that this browser may type, and
 * returns those that had one left. It counts before the caller compares, so parallel guesses get no
 * more tries than the limit. A stranger's browser uses up no try of a code that is not for it.
 */
export async function consumeCodeTry(
  db: Query,
  { email, purpose, requestHash, maxTries, now }: CodeTry,
): Promise<MailTokenRow[]> {
  return db
    .updateTable("mail_tokens")
    .set((set) => ({ tries: set("tries", "+", 1) }))
    .where("email", "=", email)
    .where("purpose", "=", purpose)
    .where("code_hash", "!=", "")
    .where("request_hash", "in", ["", requestHash])
    .where("tries", "<", maxTries)
    .where("expires_at", ">", now)
    .returningAll()
    .execute();
}

/** Voids every token of these purposes that was sent to the user. */
export async function deleteMailTokensOf(
  db: Query,
  userId: string,
  purposes: MailTokenPurpose[],
): Promise<void> {
  await db
    .deleteFrom("mail_tokens")
    .where("user_id", "=", userId)
    .where("purpose", "in", purposes)
    .execute();
}

/** The undo link that the account sent to `email` (in lower case), if it is still valid. */
export async function findUndo(
  db: Query,
  userId: string,
  email: string,
  now: number,
): Promise<MailTokenRow | undefined> {
  return db
    .selectFrom("mail_tokens")
    .selectAll()
    .where("user_id", "=", userId)
    .where("purpose", "=", "undo_email_change")
    .where("email", "=", email)
    .where("expires_at", ">", now)
    .orderBy("expires_at")
    .executeTakeFirst();
}

/** Voids `undo` and the undo links of later changes, sent to later addresses of the account. */
export async function deleteLaterUndos(
  db: Query,
  undo: Pick<MailTokenRow, "user_id" | "purpose" | "expires_at">,
): Promise<void> {
  await db
    .deleteFrom("mail_tokens")
    .where("user_id", "=", undo.user_id)
    .where("purpose", "=", undo.purpose)
    .where("expires_at", ">=", undo.expires_at)
    .execute();
}

/**
 * Whether a user other than `userId` may still take the address back, so that no account can have
 * it yet.
 * @param email in lower case
 */
export async function isAddressReserved(
  db: Query,
  email: string,
  userId: string,
  now: number,
): Promise<boolean> {
  const token = await db
    .selectFrom("mail_tokens")
    .select("hash")
    .where("email", "=", email)
    .where("purpose", "=", "undo_email_change")
    .where("user_id", "!=", userId)
    .where("expires_at", ">", now)
    .executeTakeFirst();
  return token !== undefined;
}

/** Who may still take which of these addresses back, by address; at most a few thousand of them. */
export async function findReservedAddresses(
  db: Query,
  emails: string[],
  now: number,
): Promise<Map<string, string>> {
  if (emails.length === 0) return new Map();
  const found = await db
    .selectFrom("mail_tokens")
    .select(["email", "user_id"])
    .where("email", "in", emails)
    .where("purpose", "=", "undo_email_change")
    .where("expires_at", ">", now)
    .execute();
  return new Map(found.map(({ email, user_id }) => [email, user_id]));
}
