import { describe, expect, test } from "vitest";
import { judge, type SessionState } from "#lib/auth/session/judge.ts";
import type { RefreshToken } from "#lib/auth/session/refresh-token.ts";

const policy = { refreshTokenMinAge: 60, refreshGracePeriod: 30 };
const now = 1_800_000_000_000;

const session: SessionState = {
  generation: 4,
  tokenId: "d",
  advancedAt: now - 3_600_000,
  idleExpiresAt: now + 1_000_000,
  expiresAt: now + 2_000_000,
  userActive: true,
  revoked: false,
};

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
  test.each<[string, SessionState | undefined]>([
    ["does not exist", undefined],
    ["was idle for too long", { ...session, idleExpiresAt: now }],
    ["has reached its absolute limit", { ...session, expiresAt: now }],
    ["belongs to an inactive user", { ...session, userActive: false }],
    ["is revoked as well as expired", { ...session, expiresAt: now, revoked: true }],
  ])("is expired when it %s", (_, state) => {
    expect(judge(current, state, now, policy)).toEqual({ kind: "expired" });
    expect(judge(successor, state, now, policy)).toEqual({ kind: "expired" });
  });

  test("is revoked when it is on the blacklist, whatever the token", () => {
    const revoked = { ...session, revoked: true };
    for (const token of [current, successor, { ...current, generation: 1 }]) {
      expect(judge(token, revoked, now, policy)).toEqual({ kind: "revoked" });
    }
  });

  test("lives until the last millisecond before its limits", () => {
    const last = { ...session, idleExpiresAt: now + 1, expiresAt: now + 1 };
    expect(judge(current, last, now, policy)).toEqual({ kind: "current" });
  });
});

describe("the token last seen in use", () => {
  test("is current, however old it is", () => {
    const ancient = { ...current, issued_at: 0 };
    expect(judge(ancient, session, now, policy)).toEqual({ kind: "current" });
  });

  test("is not current by its generation alone", () => {
    const sibling = { ...current, id: "x" };
    expect(judge(sibling, session, now, policy)).toEqual({ kind: "reused" });
  });
});

describe("a token that was issued for the current one", () => {
  test.each([
    [59_999, false],
    [60_000, true],
    [-5_000, false],
  ])("%i ms old: advances is %s", (age, advances) => {
    const token = { ...successor, issued_at: now - age };
    expect(judge(token, session, now, policy)).toEqual({ kind: "successor", advances });
  });

  test("advances at once in strict mode", () => {
    const token = { ...successor, issued_at: now };
    const strict = { refreshTokenMinAge: 0, refreshGracePeriod: 0 };
    expect(judge(token, session, now, strict)).toEqual({ kind: "successor", advances: true });
  });

  test("is no successor when its parent is another token", () => {
    const stranger = { ...successor, parent: "x" };
    expect(judge(stranger, session, now, policy)).toEqual({ kind: "reused" });
  });
});

describe("a token whose parent the database has not seen", () => {
  test.each([2, 3, 100])("is ahead by %i generations", (lead) => {
    const token = { ...successor, generation: 4 + lead, parent: "unknown" };
    expect(judge(token, session, now, policy)).toEqual({ kind: "ahead", advances: true });
    const young = { ...token, issued_at: now - 1 };
    expect(judge(young, session, now, policy)).toEqual({ kind: "ahead", advances: false });
  });
});

describe("a token that was overtaken", () => {
  const parent: RefreshToken = { ...current, generation: 3, id: "c", parent: "b" };

  test.each([
    [0, "superseded"],
    [30_000, "superseded"],
    [30_001, "reused"],
  ])("%i ms ago is %s", (ago, kind) => {
    const state = { ...session, advancedAt: now - ago };
    expect(judge(parent, state, now, policy)).toEqual({ kind });
  });

  test("is reused a millisecond later in strict mode", () => {
    const strict = { refreshTokenMinAge: 0, refreshGracePeriod: 0 };
    const state = { ...session, advancedAt: now - 1 };
    expect(judge(parent, state, now, strict)).toEqual({ kind: "reused" });
  });
});
