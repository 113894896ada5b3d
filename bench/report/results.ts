/** The results of a bench run, as results.json keeps them. */
import type { Machine } from "../lib/machine.ts";
import type { ClientResult } from "../parts/client.ts";
import type { FloodResult } from "../parts/flood.ts";
import type { GrowthResult } from "../parts/growth.ts";
import type { InstancesResult } from "../parts/instances.ts";
import type { PageResult } from "../parts/pages.ts";
import type { StartResult } from "../parts/start.ts";
import type { Result } from "../parts/throughput.ts";

export interface Results {
  machine: Machine;
  /** Versions of the peers. */
  peers: Record<string, string>;
  throughput?: Result[];
  flood?: FloodResult;
  growth?: GrowthResult;
  instances?: InstancesResult;
  client?: ClientResult;
  pages?: PageResult[];
  start?: StartResult;
}

/** How many times its idle value the p99 of a refresh may reach under load. */
export const maxSlowdown = 5;

/** How many times its idle value the p50 of a sign-in may reach while one account attacks … */
export const maxAttackSlowdown = 20;
/** … and the milliseconds that none may take longer than. */
export const maxAttackedSignIn = 2_000;

/** Returns a sentence for each result that misses its target by more than the measured noise. */
export function shortfalls({ throughput = [], flood }: Results): string[] {
  const slow = throughput.filter(
    ({ ratio, noise, target }) => target !== undefined && ratio + noise < target,
  );
  const sentences = slow.map(
    ({ name, ratio, noise, target, limitName }) =>
      `${name}: ${ratio.toFixed(2)} (± ${noise.toFixed(2)}) of ${limitName}, wanted ${target}.`,
  );
  if (flood && flood.ratio - flood.noise > maxSlowdown) {
    sentences.push(
      `refresh under a login flood: p99 is ${flood.ratio.toFixed(1)} times what it is idle, wanted at most ${maxSlowdown}.`,
    );
  }
  if (flood && flood.attack.ratio - flood.attack.noise > maxAttackSlowdown) {
    sentences.push(
      `sign-in while one account attacks: p50 is ${flood.attack.ratio.toFixed(1)} times what it is idle, wanted at most ${maxAttackSlowdown}.`,
    );
  }
  if (flood && flood.attack.slowest > maxAttackedSignIn) {
    sentences.push(
      `sign-in while one account attacks: the slowest took ${flood.attack.slowest.toFixed(0)} ms, wanted at most ${maxAttackedSignIn}.`,
    );
  }
  return sentences;
}
