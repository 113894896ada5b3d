/**
 * How often an account may call, counted in the memory of each process: a write for each read would
 * cost more than the reads that it limits.
 */
import type { AuthContext } from "#lib/auth/context.ts";
import { LruCache } from "#lib/lru-cache.ts";
import { processWide } from "#lib/process-wide.ts";
import { applySetting } from "./limit-settings.ts";
import { RateLimitedError, rules } from "./rate-limits.ts";

const kind = "calls by account";

/** Accounts that are remembered: the last to call. */
const size = 10_000;

const counts = () =>
  processWide(kind, () => new LruCache<string, { calls: number; windowEnds: number }>(size));

/** Counts a call by the user. @throws {RateLimitedError} */
export function countCall(
  { config, now }: Pick<AuthContext, "config" | "now">,
  userId: string,
): void {
  if (!config.rateLimits) return;
  const { limit, window } = applySetting(rules[kind], kind, config.rateLimitSettings);
  const known = counts().get(userId);
  const count = known && known.windowEnds > now ? known : { calls: 0, windowEnds: now + window };
  count.calls += 1;
  counts().set(userId, count);
  if (count.calls > limit) throw new RateLimitedError((count.windowEnds - now) / 1000, false);
}
