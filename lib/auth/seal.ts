/** Values that travel through a browser and come back unread and unchanged. */
import { sealData, unsealData } from "iron-session";
import type { z } from "zod";
import { type Purpose, sealPasswords } from "./secrets.ts";

/**
 * Seals never expire by themselves: iron-session grants its `ttl` 60 s of slack, so each payload
 * carries a time of its own that its reader checks.
 */
const ttl = 0;

/** Encrypts and authenticates `value` under the newest secret. */
export async function seal(
  value: object,
  purpose: Purpose,
  [newest = ""]: readonly string[],
): Promise<string> {
  return sealData(value, { password: await sealPasswords([newest], purpose), ttl });
}

/**
 * Opens a seal made under any of the secrets. Answers undefined for one that is broken, foreign,
 * made for another purpose or of another shape: `unsealData` answers `{}` for most of these
 * instead of throwing, so only the schema's word counts.
 */
export async function unseal<Schema extends z.ZodType>(
  sealed: string,
  schema: Schema,
  purpose: Purpose,
  secrets: readonly string[],
): Promise<z.output<Schema> | undefined> {
  const password = await sealPasswords(secrets, purpose);
  const opened: unknown = await unsealData(sealed, { password, ttl }).catch(() => undefined);
  const parsed = schema.safeParse(opened);
  return parsed.success ? parsed.data : undefined;
}
