import { describe, expect, test } from "vitest";
import {
  idleLimit,
  type JudgedSession,
  judge as judgeWith,
  lifeOf,
  type RefreshPolicy,
} from "#lib/auth/session/judge.ts";
import type { RefreshToken } from "#lib/auth/session/refresh-token.ts";

const policy = {
  refreshTokenMinAge: 60,
  refreshGracePeriod: 30,
  refreshTokenLifetime: 1_500,
  browserSessionLifetime: 600,
};
const strict = { ...policy, refreshTokenMinAge: 0, refreshGracePeriod: 0 };
const now = 1_800_000_000_000;

const session: JudgedSession = {
  generation: 4,
  token_id: "d",
  advanced_at: now - 3_600_000,
  last_used_at: now - 1_000,
  idle_expires_at: now + 1_000_000,
  expires_at: now + 2_000_000,
  remember: 1,
  is_active: 1,
  revoked: null,
};

function judge(
  token: RefreshToken,
  state: JudgedSession | undefined,
  rules: RefreshPolicy = policy,
) {
  return judgeWith(token, state, { now, policy: rules, newId: () => "new" });
}

const current: RefreshToken = {
  session: "s",
  generation: 4,
  id: "d",
  parent: "c",
  issued_at: now - 3_600_000,
  expires_at: now + 1_000_000,
};

const successor: RefreshToken = { ...current, generation: 5, id: "e", parent: "d" };

describe("a session that is over", () => {
  test.each<[string, JudgedSession | undefined]>([
    ["does not exist", undefined],
    ["was idle for too long", { ...session, idle_expires_at: now }],
    ["has reached its absolute limit", { ...session, expires_at: now }],
    ["belongs to an inactive user", { ...session, is_active: 0 }],
    ["is revoked as well as expired", { ...session, expires_at: now, revoked: "logout" }],
  ])("is expired when it %s", (_, state) => {
    expect(judge(current, state)).toEqual({ kind: "expired" });
    expect(judge(successor, state)).toEqual({ kind: "expired" });
  });

  test("is revoked when it is on the blacklist, whatever the token", () => {
    const revoked = { ...session, revoked: "logout" as const };
    for (const token of [current, successor, { ...current, generation: 1 }]) {
      expect(judge(token, revoked)).toEqual({ kind: "revoked" });
    }
  });

  test("lives until the last millisecond before its limits", () => {
    const last = { ...session, idle_expires_at: now + 1, expires_at: now + 1 };
    expect(judge(current, last)).toMatchObject({ kind: "current" });
  });
});

// red team 16
describe("the idle limit", () => {
  const longLived = { ...session, expires_at: now + 10_000_000, last_used_at: 0 };

  test.each([
    ["to stay signed in", 1, 1_500],
    ["not to", 0, 600],
  ])("moves the row and the cookie alike, if the user chose %s", (_, remember, seconds) => {
    const state = { ...longLived, remember };
    const limit = now + seconds * 1000;
    expect(judge(current, state)).toMatchObject({
      touch: { idleExpiresAt: limit },
      next: { expires_at: limit },
    });
    expect(judge(successor, state)).toMatchObject({
      advance: { swap: { idleExpiresAt: limit }, next: { expires_at: limit } },
    });
  });

  test("is never longer than that of users who stay signed in", () => {
    const short = { ...policy, refreshTokenLifetime: 60 };
    expect(idleLimit(now, { ...longLived, remember: 0 }, short)).toBe(now + 60_000);
  });
});

describe("the token last seen in use", () => {
  test("is current, however old it is", () => {
    const ancient = { ...current, issued_at: 0 };
    expect(judge(ancient, session)).toMatchObject({ kind: "current" });
  });

  test("is not current by its generation alone", () => {
    const sibling = { ...current, id: "x" };
    expect(judge(sibling, session)).toEqual({ kind: "reused" });
  });
});

describe("a token that was issued for the current one", () => {
  test.each([
    [59_999, false],
    [60_000, true],
    [-5_000, false],
  ])("%i ms old: advances is %s", (age, advances) => {
    const token = { ...successor, issued_at: now - age };
    const verdict = judge(token, session);
    expect(verdict).toMatchObject({ kind: "successor" });
    expect("advance" in verdict && verdict.advance !== null).toBe(advances);
  });

  test("advances at once in strict mode", () => {
    const token = { ...successor, issued_at: now };
    const advance = { swap: { generation: 5, tokenId: "e" } };
    expect(judge(token, session, strict)).toMatchObject({ kind: "successor", advance });
  });

  test("is no successor when its parent is another token", () => {
    const stranger = { ...successor, parent: "x" };
    expect(judge(stranger, session)).toEqual({ kind: "reused" });
  });
});

describe("a token whose parent the database has not seen", () => {
  test.each([2, 3, 100])("is ahead by %i generations", (lead) => {
    const token = { ...successor, generation: 4 + lead, parent: "unknown" };
    const advance = { swap: { generation: 4 + lead, tokenId: "e" } };
    expect(judge(token, session)).toMatchObject({ kind: "ahead", advance });
    const young = { ...token, issued_at: now - 1 };
    expect(judge(young, session)).toEqual({ kind: "ahead", advance: null });
  });
});

describe("a token that was overtaken", () => {
  const parent: RefreshToken = { ...current, generation: 3, id: "c", parent: "b" };

  test.each([
    [0, "superseded"],
    [30_000, "superseded"],
    [30_001, "reused"],
  ])("%i ms ago is %s", (ago, kind) => {
    const state = { ...session, advanced_at: now - ago };
    expect(judge(parent, state)).toEqual({ kind });
  });

  test("is reused a millisecond later in strict mode", () => {
    const state = { ...session, advanced_at: now - 1 };
    expect(judge(parent, state, strict)).toEqual({ kind: "reused" });
  });
});

describe("what follows from a verdict", () => {
  const idle = now + 1_500_000;
  const next = { session: "s", issued_at: now, expires_at: idle, id: "new" };

  test("the current token gets a successor, and the session is touched at most once a minute", () => {
    const afterMinute = { ...session, last_used_at: now - 60_000 };
    expect(judge(current, afterMinute)).toEqual({
      kind: "current",
      next: { ...next, generation: 5, parent: "d" },
      touch: { idleExpiresAt: idle },
    });
    const before = { ...session, last_used_at: now - 59_999 };
    expect(judge(current, before)).toMatchObject({ touch: null });
  });

  test("a successor becomes the current token, and gets a successor of its own", () => {
    expect(judge(successor, session)).toEqual({
      kind: "successor",
      advance: {
        next: { ...next, generation: 6, parent: "e" },
        swap: { generation: 5, tokenId: "e", idleExpiresAt: idle },
      },
    });
  });

  test("no token outlives its session", () => {
    const ending = { ...session, expires_at: now + 5_000 };
    expect(judge(current, ending)).toMatchObject({ next: { expires_at: now + 5_000 } });
  });

  test("a token that travels in bodies gets a successor that does", () => {
    const body = { ...current, delivery: "body" as const };
    expect(judge(body, session)).toMatchObject({ next: { delivery: "body" } });
    expect(judge(current, session)).not.toHaveProperty("next.delivery");
  });
});

test.each([
  { which: "in use", state: session, life: "alive" },
  { which: "that does not exist", state: undefined, life: "expired" },
  { which: "idle until now", state: { ...session, idle_expires_at: now }, life: "expired" },
  { which: "at its absolute limit", state: { ...session, expires_at: now }, life: "expired" },
  { which: "of an inactive user", state: { ...session, is_active: 0 }, life: "expired" },
  {
    which: "on the blacklist",
    state: { ...session, revoked: "logout" as const },
    life: "revoked",
  },
])("a session $which is $life", ({ state, life }) => {
  expect(lifeOf(state, now)).toBe(life);
});
