/** Values that travel through a browser and come back unread and unchanged. */
import { unsealData } from "iron-session";
import type { z } from "zod";
import { LruCache } from "#lib/lru-cache.ts";
import { ironSeal } from "./iron-seal.ts";
import { type Purpose, sealPassword, sealPasswords } from "./keyring.ts";

/**
 * Seals never expire by themselves: iron-session grants its `ttl` 60 s of slack, so each payload
 * carries a time of its own that its reader checks.
 */
const ttl = 0;

/** Seals that a process remembers: a few megabytes, and the browsers that it serves at a time. */
const remembered = 10_000;

/**
 * What is inside the seals that were made or opened last. A seal is authenticated by its every
 * character, so the same characters hold the same value; and most are presented many times, or
 * were made by the very process that is to open them. Kept for each list of secrets by itself.
 */
const opened = new WeakMap<readonly string[], LruCache<string, unknown>>();

function openedUnder(secrets: readonly string[]): LruCache<string, unknown> {
  const known = opened.get(secrets) ?? new LruCache<string, unknown>(remembered);
  opened.set(secrets, known);
  return known;
}

/** Encrypts and authenticates `value` under the newest secret. */
export async function seal(
  value: object,
  purpose: Purpose,
  secrets: readonly string[],
): Promise<string> {
  const [newest = ""] = secrets;
  const [id, password] = await sealPassword(newest, purpose);
  const sealed = await ironSeal(value, id, password);
  openedUnder(secrets).set(`${purpose} ${sealed}`, value);
  return sealed;
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
  const recent = openedUnder(secrets);
  const known = recent.get(`${purpose} ${sealed}`);
  const parsed = schema.safeParse(known ?? (await open(sealed, purpose, secrets)));
  if (!parsed.success) return undefined;
  if (known === undefined) recent.set(`${purpose} ${sealed}`, parsed.data);
  return parsed.data;
}

async function open(sealed: string, purpose: Purpose, secrets: readonly string[]) {
  const password = await sealPasswords(secrets, purpose);
  return unsealData<object>(sealed, { password, ttl }).catch(() => undefined);
}
