/**
 * A simulated world for one session: a browser with tabs and one cookie jar, a network that loses,
 * delays and duplicates requests, crashes that bring an old jar back, and a server that may lose
 * writes. It knows none of the rules: it plays a history and reports what each refresh returned.
 */
import fc from "fast-check";
import type { RefreshToken } from "#lib/auth/session/refresh-token.ts";

/** What the server returns for a refresh. */
export type Answer =
  | { kind: "token"; next: RefreshToken | null; advanced: boolean }
  | { kind: "superseded" | "reused" | "revoked" | "expired" };

export interface Server {
  refresh(token: RefreshToken, now: number): Promise<Answer>;
  /** Copies the session's row. */
  backUp(): Promise<void>;
  /** Restores the copy; the row loses every write since. */
  restore(): Promise<void>;
}

/** Milliseconds until the client gives up. A later response never reaches the jar. */
const patience = 15_000;
/** Milliseconds: the oldest jar that a browser brings back after a crash. */
const jarAge = 30_000;

export type Step =
  | {
      do: "refresh";
      out: number;
      back: number;
      lost: "no" | "out" | "back";
      doubled: number | null;
    }
  | { do: "crash"; age: number }
  | { do: "backUp" }
  | { do: "restore" };

export interface Move {
  /** Milliseconds since the previous move. */
  after: number;
  step: Step;
}

/** A request, and its duplicate, reach the server at most `delay` milliseconds after it is sent. */
const refreshStep = (delay: number) =>
  fc.record({
    do: fc.constant("refresh" as const),
    out: fc.oneof({ weight: 3, arbitrary: fc.nat(300) }, fc.nat(delay)),
    back: fc.oneof({ weight: 3, arbitrary: fc.nat(300) }, fc.nat(25_000)),
    lost: fc.oneof(
      { weight: 8, arbitrary: fc.constant("no" as const) },
      fc.constant("out" as const),
      fc.constant("back" as const),
    ),
    doubled: fc.option(fc.nat(delay), { freq: 6 }),
  });

const crash = fc.record({ do: fc.constant("crash" as const), age: fc.nat(jarAge) });

/** Bursts from several tabs and pauses of every length, with at most one backup and restoration. */
const moves = (...steps: fc.Arbitrary<Step>[]): fc.Arbitrary<Move[]> =>
  fc
    .array(
      fc.record({
        after: fc.oneof(
          { weight: 4, arbitrary: fc.nat(50) },
          fc.nat(20_000),
          { weight: 2, arbitrary: fc.integer({ min: 20_000, max: 120_000 }) },
          fc.integer({ min: 120_000, max: 3_600_000 }),
        ),
        step: fc.oneof(
          { weight: 10, arbitrary: steps[0] as fc.Arbitrary<Step> },
          ...steps.slice(1),
          fc.constant({ do: "backUp" as const }),
          fc.constant({ do: "restore" as const }),
        ),
      }),
      { minLength: 5, maxLength: 60 },
    )
    .map(onlyOneRestoration);

/**
 * Either requests delayed by up to 29 s, or crashes that restore jars up to 30 s old together with
 * delays of up to 14 s. The response's travel time (at most 15 s), the jar's age and the request's
 * delay must add up to less than the 60 s of REFRESH_TOKEN_MIN_AGE (docs/sessions.md).
 */
export const history = fc.oneof(moves(refreshStep(29_000)), moves(refreshStep(14_000), crash));

function onlyOneRestoration(moves: Move[]): Move[] {
  const backUp = moves.findIndex(({ step }) => step.do === "backUp");
  const restore = moves.findIndex(({ step }, i) => step.do === "restore" && i > backUp);
  return moves.filter(({ step }, i) => {
    if (step.do === "backUp") return i === backUp;
    return step.do !== "restore" || (backUp !== -1 && i === restore);
  });
}

interface Pending {
  at: number;
  run(): Promise<void>;
}

/** Plays one browser of the owner. `outcomes` lists how each refresh of a tab ended. */
export async function playHonest(
  server: Server,
  first: RefreshToken,
  start: number,
  moves: Move[],
) {
  const outcomes: Answer["kind"][] = [];
  const seen = { lost: 0, late: 0, doubled: 0, crashes: 0, died: 0, restorations: 0 };
  let jar = { token: first, since: start };
  const jars = [jar];
  const queue: Pending[] = [];
  let now = start;

  const store = (token: RefreshToken) => {
    jar = { token, since: now };
    jars.push(jar);
  };
  const later = (delay: number, run: () => Promise<void>) => {
    queue.push({ at: now + delay, run });
    queue.sort((a, b) => a.at - b.at);
  };

  /** After a 409 the tab tries once more: by now the jar holds the newer cookie. */
  const retry = async () => {
    const answer = await server.refresh(jar.token, now);
    outcomes.push(answer.kind);
    if (answer.kind === "token" && answer.next) store(answer.next);
  };

  const refresh = (step: Extract<Step, { do: "refresh" }>) => {
    const { token } = jar;
    const sent = now;
    const crashesBefore = seen.crashes;
    const crashed = () => seen.crashes > crashesBefore;
    const arrive = (answered: boolean) => async () => {
      const answer = await server.refresh(token, now);
      if (!answered) return;
      later(step.back, async () => {
        if (crashed()) {
          seen.died += 1;
          return;
        }
        if (now - sent > patience) {
          seen.late += 1;
          return;
        }
        if (answer.kind === "superseded") {
          later(500, async () => {
            if (!crashed()) await retry();
          });
          return;
        }
        outcomes.push(answer.kind);
        if (answer.kind === "token" && answer.next) store(answer.next);
      });
    };
    if (step.lost !== "no") seen.lost += 1;
    if (step.lost !== "out") later(step.out, arrive(step.lost === "no"));
    if (step.doubled !== null) {
      seen.doubled += 1;
      later(step.doubled, arrive(false));
    }
  };

  const runUntil = async (time: number) => {
    for (let next = queue[0]; next && next.at <= time; next = queue[0]) {
      queue.shift();
      now = next.at;
      await next.run();
    }
    now = time;
  };

  for (const { after, step } of moves) {
    await runUntil(now + after);
    switch (step.do) {
      case "refresh":
        refresh(step);
        break;
      case "crash": {
        seen.crashes += 1;
        // Requests from before the crash still reach the server; their responses reach nobody.
        const then = now - step.age;
        const old = jars.findLast(({ since }) => since <= then);
        if (old) store(old.token);
        break;
      }
      case "backUp":
        await server.backUp();
        break;
      case "restore":
        seen.restorations += 1;
        await server.restore();
        break;
    }
  }
  await runUntil(now + 60_000);
  return { outcomes, seen };
}
