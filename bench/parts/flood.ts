/** How much slower refreshes are while a crowd signs in. */
import type { Server } from "../lib/servers.ts";
import { median, noise } from "../lib/statistics.ts";
import { startDriver } from "../load/drive.ts";

/** Numbers of clients: those at work, and the crowd. */
const refreshing = 16;
const signingIn = 64;

/** p99 in milliseconds; `ratio` is the median of the repetitions' ratios. */
export interface FloodResult {
  idle: number;
  flooded: number;
  ratio: number;
  noise: number;
  /** Sign-ins of the crowd per second. */
  loginsPerSecond: number;
}

export async function measureFlood(
  server: Server,
  { seconds, repetitions }: { seconds: number; repetitions: number },
): Promise<FloodResult> {
  const people = startDriver();
  const crowd = startDriver();
  try {
    const order = { subject: "latchkey", origin: server.origin, seconds };
    const refresh = () =>
      people.measure({ ...order, operation: "refresh", clients: refreshing }, server.pid);
    const login = () =>
      crowd.measure({ ...order, operation: "login", clients: signingIn }, server.pid);
    await refresh();
    await login();
    const rounds: { idle: number; flooded: number; logins: number }[] = [];
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      const { p99: idle } = await refresh();
      const [{ p99: flooded }, { perSecond: logins }] = await Promise.all([refresh(), login()]);
      rounds.push({ idle, flooded, logins });
    }
    const ratios = rounds.map((round) => round.flooded / round.idle);
    return {
      idle: median(rounds.map((round) => round.idle)),
      flooded: median(rounds.map((round) => round.flooded)),
      ratio: median(ratios),
      noise: noise(ratios),
      loginsPerSecond: median(rounds.map((round) => round.logins)),
    };
  } finally {
    people.stop();
    crowd.stop();
  }
}
