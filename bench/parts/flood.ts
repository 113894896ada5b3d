/** How much slower refreshes are while a crowd signs in, and sign-ins while one account attacks. */
import { startLatchkey } from "../lib/latchkey.ts";
import type { Server } from "../lib/servers.ts";
import { median, noise } from "../lib/statistics.ts";
import { startDriver } from "../load/drive.ts";

/** Numbers of clients: those at work, and the crowd. */
const refreshing = 16;
const signingIn = 64;
/** Sign-ins that the attacker keeps in flight. */
const hostile = 200;

/** p99 in milliseconds; `ratio` is the median of the repetitions' ratios. */
export interface FloodResult {
  idle: number;
  flooded: number;
  ratio: number;
  noise: number;
  /** Sign-ins of the crowd per second. */
  loginsPerSecond: number;
  attack: AttackResult;
}

/** Milliseconds of an honest sign-in; `ratio` is the median of the repetitions' ratios of p50. */
export interface AttackResult {
  idle: number;
  attacked: number;
  slowest: number;
  ratio: number;
  noise: number;
}

interface Plan {
  seconds: number;
  repetitions: number;
}

export async function measureFlood(
  server: Server,
  folder: string,
  plan: Plan,
): Promise<FloodResult> {
  return { ...(await measureCrowd(server, plan)), attack: await measureAttack(folder, plan) };
}

/**
 * One account at one address keeps 200 sign-ins in flight, with its right password and no rate limit:
 * the queue of hashes alone has to let the others in (red team 2).
 */
async function measureAttack(
  folder: string,
  { seconds, repetitions }: Plan,
): Promise<AttackResult> {
  const server = await startLatchkey(folder, { TRUSTED_PROXIES: "127.0.0.1" });
  const honest = startDriver();
  const attacker = startDriver();
  try {
    const order = { subject: "latchkey", origin: server.origin, seconds };
    const signIn = () =>
      honest.measure({ ...order, operation: "login, elsewhere", clients: 1 }, server.pid);
    const attack = () =>
      attacker.measure({ ...order, operation: "login, hostile", clients: hostile }, server.pid);
    await attack();
    const rounds: { idle: number; attacked: number; slowest: number }[] = [];
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      const { p50: idle } = await signIn();
      const [{ p50: attacked, max: slowest }] = await Promise.all([signIn(), attack()]);
      rounds.push({ idle, attacked, slowest });
    }
    const ratios = rounds.map((round) => round.attacked / round.idle);
    return {
      idle: median(rounds.map((round) => round.idle)),
      attacked: median(rounds.map((round) => round.attacked)),
      slowest: Math.max(...rounds.map((round) => round.slowest)),
      ratio: median(ratios),
      noise: noise(ratios),
    };
  } finally {
    honest.stop();
    attacker.stop();
    await server.stop();
  }
}

async function measureCrowd(
  server: Server,
  { seconds, repetitions }: Plan,
): Promise<Omit<FloodResult, "attack">> {
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
