import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type JudgedSession, judge, type RefreshPolicy } from "#lib/auth/session/judge.ts";
import type { RefreshToken } from "#lib/auth/session/refresh-token.ts";
import { type Answer, history, playHonest, type Server } from "../model/session-world.ts";

const start = 1_800_000_000_000;
const far = start + 1e12;
// No session expires in these histories: they are about what is taken for theft.
const policy = {
  refreshTokenMinAge: 60,
  refreshGracePeriod: 30,
  refreshTokenLifetime: 1e9,
  browserSessionLifetime: 1e9,
};

/** A row in memory, on which what `judge` returns is carried out. */
function createModel(rules: RefreshPolicy = policy) {
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `t${ids}`;
  };
  const first: RefreshToken = {
    session: "s",
    generation: 0,
    id: newId(),
    parent: null,
    issued_at: start,
    expires_at: far,
  };
  let row: JudgedSession = {
    generation: 0,
    token_id: first.id,
    advanced_at: start,
    last_used_at: start,
    idle_expires_at: far,
    expires_at: far,
    remember: 1,
    is_active: 1,
    revoked: null,
  };
  let copy = row;

  const server: Server = {
    async refresh(token, now): Promise<Answer> {
      const verdict = judge(token, row, { now, policy: rules, newId });
      switch (verdict.kind) {
        case "current":
          if (verdict.touch) {
            row = { ...row, last_used_at: now, idle_expires_at: verdict.touch.idleExpiresAt };
          }
          return { kind: "token", next: verdict.next, advanced: false };
        case "successor":
        case "ahead": {
          if (!verdict.advance) return { kind: "token", next: null, advanced: false };
          const { next, swap } = verdict.advance;
          row = {
            ...row,
            generation: swap.generation,
            token_id: swap.tokenId,
            advanced_at: now,
            last_used_at: now,
            idle_expires_at: swap.idleExpiresAt,
          };
          return { kind: "token", next, advanced: true };
        }
        case "reused":
          row = { ...row, revoked: "reuse" };
          return { kind: "reused" };
        default:
          return { kind: verdict.kind };
      }
    },
    async backUp() {
      copy = row;
    },
    async restore() {
      // The blacklist is a table of its own, and this model never loses it.
      row = { ...copy, revoked: row.revoked };
    },
  };
  return { server, first, isDead: () => row.revoked !== null, row: () => row };
}

describe("an honest browser", () => {
  const sums = { lost: 0, late: 0, doubled: 0, crashes: 0, died: 0, restorations: 0, tokens: 0 };

  test("is never signed out: every refresh ends in a token after at most one retry", async () => {
    await fc.assert(
      fc.asyncProperty(history, async (moves) => {
        const { server, first } = createModel();
        const { outcomes, seen } = await playHonest(server, first, start, moves);
        expect(outcomes.filter((kind) => kind !== "token")).toEqual([]);
        sums.tokens += outcomes.length;
        sums.lost += seen.lost;
        sums.late += seen.late;
        sums.doubled += seen.doubled;
        sums.crashes += seen.crashes;
        sums.died += seen.died;
        sums.restorations += seen.restorations;
      }),
      { numRuns: 3000 },
    );
  });

  test("met every kind of fault in those histories", () => {
    for (const [what, times] of Object.entries(sums)) {
      expect(times, what).toBeGreaterThan(100);
    }
  });

  test("would be signed out if a token could advance its session at once", async () => {
    const hasty = { ...policy, refreshTokenMinAge: 0 };
    const check = await fc.check(
      fc.asyncProperty(history, async (moves) => {
        const { server, first } = createModel(hasty);
        const { outcomes } = await playHonest(server, first, start, moves);
        return outcomes.every((kind) => kind === "token");
      }),
      { numRuns: 2000, endOnFailure: true },
    );
    expect(check.failed).toBe(true);
  });
});

describe("a thief with a copy of the cookie", () => {
  const party = fc.constantFrom("owner" as const, "thief" as const);
  const turns = (gap: fc.Arbitrary<number>) =>
    fc.tuple(fc.nat(6), fc.array(fc.record({ who: party, gap }), { minLength: 1, maxLength: 30 }));

  /** The owner refreshes `before` times, the thief copies the jar, and then they take turns. */
  async function playTheft(before: number, steps: { who: "owner" | "thief"; gap: number }[]) {
    const { server, first, isDead } = createModel();
    let now = start;
    const jars = { owner: first, thief: first };
    const refresh = async (who: "owner" | "thief") => {
      const presented = jars[who];
      const answer = await server.refresh(presented, now);
      if (answer.kind === "token" && answer.next) jars[who] = answer.next;
      return answer;
    };
    for (let i = 0; i < before; i += 1) {
      now += 90_000;
      await refresh("owner");
    }
    jars.thief = jars.owner;
    const log: { who: "owner" | "thief"; answer: Answer; at: number; dead: boolean }[] = [];
    for (const { who, gap } of steps) {
      now += gap;
      const answer = await refresh(who);
      log.push({ who, answer, at: now, dead: isDead() });
    }
    return log;
  }

  const other = { owner: "thief", thief: "owner" } as const;

  test("loses the session for both, once each has refreshed after the other advanced it", async () => {
    let deaths = 0;
    const beyondGrace = fc.integer({ min: 30_001, max: 600_000 });
    await fc.assert(
      fc.asyncProperty(turns(beyondGrace), async ([before, steps]) => {
        const log = await playTheft(before, steps);
        const advanced = { owner: false, thief: false };
        const followed = { owner: false, thief: false };
        for (const { who, answer, dead } of log) {
          if (advanced[other[who]]) followed[who] = true;
          if (followed.owner && followed.thief) {
            expect(dead).toBe(true);
            deaths += 1;
          }
          if (answer.kind === "token" && answer.advanced) advanced[who] = true;
        }
      }),
      { numRuns: 2000 },
    );
    expect(deaths).toBeGreaterThan(100);
  });

  test("is detected by the fourth refresh when both refresh regularly", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(6), party, async (before, who) => {
        const steps = Array.from({ length: 6 }, (_, i) => ({
          who: i % 2 === 0 ? who : other[who],
          gap: 90_000,
        }));
        const log = await playTheft(before, steps);
        expect(log.findIndex(({ dead }) => dead)).toBeLessThan(4);
        expect(log.at(-1)?.answer.kind).toMatch(/revoked|reused/);
      }),
    );
  });

  test("never gets a token for an overtaken one, during the grace period or after", async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(turns(fc.integer({ min: 1, max: 100_000 })), async ([before, steps]) => {
        const log = await playTheft(before, steps);
        let overtaken: "owner" | "thief" | undefined;
        const held = { owner: true, thief: true };
        for (const { who, answer, dead } of log) {
          if (dead) expect(answer.kind).toMatch(/revoked|reused/);
          // Both hold the same token until one of them receives another.
          if (overtaken === who) {
            expect(answer.kind).not.toBe("token");
            refused += 1;
          }
          if (answer.kind === "token" && answer.next) held[who] = false;
          const diverged = !held.owner && !held.thief;
          if (answer.kind === "token" && answer.advanced && diverged) overtaken ??= other[who];
        }
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(100);
  });
});

test("after a revocation every token of the session is refused, whatever came before", async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.nat(59), async (moves, cut) => {
      const { server, first, row } = createModel();
      const issued = [first];
      const noting: Server = {
        ...server,
        async refresh(token, now) {
          const answer = await server.refresh(token, now);
          if (answer.kind === "token" && answer.next) issued.push(answer.next);
          return answer;
        },
      };
      await playHonest(noting, first, start, moves.slice(0, cut));
      const revoked = { ...row(), revoked: "logout" as const };
      for (const token of issued) {
        const options = { now: start, policy, newId: () => "new" };
        expect(judge(token, revoked, options)).toEqual({ kind: "revoked" });
      }
    }),
    { numRuns: 200 },
  );
});
