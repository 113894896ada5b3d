/** What one password hash is counted against, whatever comes of it. */
import type { AuthContext } from "#lib/auth/context.ts";
import { type Claimant, QueueFullError } from "./limiter.ts";
import { widestNetwork } from "./networks.ts";
import { consume, type Limit, RateLimitedError, refund } from "./rate-limits.ts";

/**
 * Counts one hash and computes it with `hash`. These limits are far above what people need and,
 * unlike those of guesses, a right password refunds nothing: otherwise an account could keep the
 * hashing busy with its own password (red team 2). A request that is refused its hash, by a limit or
 * by a full queue, was no attempt at a password, so everything is refunded.
 * @param account the user's id or, where a stranger must not learn which it is, the typed name
 * @param attempt what has been consumed for this attempt
 * @throws {RateLimitedError}
 * @throws {QueueFullError}
 */
export async function countHash<T>(
  context: AuthContext,
  account: string | undefined,
  attempt: readonly Limit[],
  hash: (claimant: Claimant) => Promise<T>,
): Promise<T> {
  const { network } = context.caller;
  const limits: Limit[] = [{ kind: "hashes by network", of: network }];
  if (account !== undefined) limits.push({ kind: "hashes by account", of: account });
  const consumed = [...attempt];
  try {
    for (const limit of limits) {
      await consume(context, limit);
      consumed.push(limit);
    }
    return await hash(claimantOf(context, account));
  } catch (error) {
    if (error instanceof QueueFullError || error instanceof RateLimitedError) {
      for (const limit of consumed) await refund(context, limit);
    }
    throw error;
  }
}

/** For whom a hash is computed, as the queue sees it. */
export function claimantOf({ caller }: AuthContext, account: string | undefined): Claimant {
  return { network: widestNetwork(caller.network), account };
}
