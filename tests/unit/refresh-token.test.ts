import { describe, expect, test } from "vitest";
import { sealDeviceCookie } from "#lib/auth/guard/device-cookie.ts";
import {
  checkRefreshToken,
  openRefreshToken,
  type RefreshToken,
} from "#lib/auth/session/refresh-token.ts";
import { sealRefreshToken } from "#lib/auth/session/seal-refresh-token.ts";
import { Keyring } from "#lib/crypto/keyring.ts";
import { seal } from "#lib/crypto/seal.ts";

const [older, newer, foreign] = ["o".repeat(32), "n".repeat(32), "f".repeat(32)] as const;

const token: RefreshToken = {
  session: "AAAAAAAAAAAAAAAAAAAAAA",
  generation: 3,
  id: "BBBBBBBBBBBBBBBBBBBBBB",
  parent: null,
  issued_at: 1_800_000_000_000,
  expires_at: 1_801_000_000_000,
};

const ring = (...secrets: [string, ...string[]]) => new Keyring(secrets);
const open = (...cookies: string[]) => openRefreshToken(cookies, ring(newer, older));

describe("a sealed refresh token", () => {
  test("opens to what was sealed, and fits into a cookie", async () => {
    const sealed = await sealRefreshToken(token, ring(newer));
    expect(await open(sealed)).toEqual({ kind: "token", token });
    expect(sealed.length).toBeLessThan(800);
    expect(sealed).toMatch(/^[\w.*~-]+$/);
  });

  test("opens under an older secret, and stays open when that one is gone", async () => {
    expect(await open(await sealRefreshToken(token, ring(older)))).toEqual({
      kind: "token",
      token,
    });
    const moved = await sealRefreshToken(token, ring(newer, older));
    expect(await openRefreshToken([moved], ring(newer))).toEqual({ kind: "token", token });
    expect(await openRefreshToken([moved], ring(older))).toEqual({ kind: "invalid" });
  });

  test("is invalid when a single character has changed", async () => {
    const sealed = await sealRefreshToken(token, ring(newer));
    for (const at of [0, 10, 90, 200, sealed.length - 10]) {
      const other = sealed[at] === "A" ? "B" : "A";
      const tampered = sealed.slice(0, at) + other + sealed.slice(at + 1);
      expect(await open(tampered)).toEqual({ kind: "invalid" });
    }
  });

  test("is invalid under a foreign secret, for another purpose and of another shape", async () => {
    expect(await open(await sealRefreshToken(token, ring(foreign)))).toEqual({ kind: "invalid" });
    const browser = { password: "digest", user: "u", id: "i", expires_at: 1 };
    expect(await open(await sealDeviceCookie(browser, ring(newer)))).toEqual({ kind: "invalid" });
    expect(await open(await seal({}, "refresh token", ring(newer)))).toEqual({ kind: "invalid" });
    const more = { ...token, admin: true };
    expect(await open(await seal(more, "refresh token", ring(newer)))).toEqual({ kind: "invalid" });
  });
});

describe("cookies that are no token", () => {
  test("none is missing, junk is invalid", async () => {
    expect(await open()).toEqual({ kind: "missing" });
    expect(await open("")).toEqual({ kind: "missing" });
    for (const junk of ["x", "Fe26.2*1*", "a".repeat(5000), "%00"]) {
      expect(await open(junk)).toEqual({ kind: "invalid" });
    }
  });

  // case: supertokens-node#826, supabase/ssr#240
  test("beside a genuine one are ignored", async () => {
    const sealed = await sealRefreshToken(token, ring(newer));
    for (const cookies of [
      [sealed, "planted"],
      ["planted", sealed],
      ["", sealed],
      [sealed, sealed],
      [await sealRefreshToken(token, ring(foreign)), sealed],
    ]) {
      expect(await open(...cookies)).toEqual({ kind: "token", token });
    }
  });
});

describe("several genuine cookies", () => {
  const successor = { ...token, generation: token.generation + 1, id: "next", parent: token.id };
  const other = { ...token, session: "another session" };
  const seal = (each: RefreshToken) => sealRefreshToken(each, ring(newer));

  test("of one session are its newest token", async () => {
    const [old, next] = [await seal(token), await seal(successor)];
    expect(await open(old, next)).toEqual({ kind: "token", token: successor });
    expect(await open(next, old)).toEqual({ kind: "token", token: successor });
  });

  test("of two sessions are ambiguous", async () => {
    const opened = await open(await seal(token), await seal(other), await seal(successor));
    expect(opened).toEqual({ kind: "ambiguous", tokens: [successor, other] });
  });

  test("are of no use in a body, and those of a body are none", async () => {
    const sealed = await seal({ ...token, delivery: "body" });
    expect(await open(await seal(token), sealed)).toEqual({ kind: "token", token });
  });
});

describe("the shape of a refresh token", () => {
  const later: RefreshToken = { ...token, parent: token.session, delivery: "body" };
  const fields = ["session", "generation", "id", "parent", "issued_at", "expires_at"] as const;

  test.each<[string, RefreshToken]>([
    ["a session's first", { ...token, generation: 0 }],
    ["a later one, in a body", later],
    ["ids of 1 and of 64 characters", { ...token, session: "s", id: "i".repeat(64) }],
    ["the largest safe integers", { ...token, generation: Number.MAX_SAFE_INTEGER }],
    ["times before 1970", { ...token, issued_at: -1 }],
  ])("is that of %s", (_, value) => {
    expect(checkRefreshToken(value)).toEqual(value);
    expect(checkRefreshToken(JSON.parse(JSON.stringify(value)))).toEqual(value);
  });

  test("may leave the delivery undefined, and nothing else", () => {
    expect(checkRefreshToken({ ...token, delivery: undefined })).toEqual(token);
    for (const field of fields) {
      expect(checkRefreshToken({ ...token, [field]: undefined })).toBeUndefined();
      const { [field]: _, ...rest } = token;
      expect(checkRefreshToken(rest)).toBeUndefined();
    }
  });

  test.each<[string, unknown[]]>([
    ["session", ["", "s".repeat(65), null, 1, ["s"], {}]],
    ["generation", [-1, 0.5, "3", null, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 3n]],
    ["id", ["", "i".repeat(65), null, 1, true]],
    ["parent", ["", "p".repeat(65), 0, false, {}]],
    ["issued_at", ["1", 1.5, null, new Date(0), Number.NaN]],
    ["expires_at", ["1", 1.5, null, Number.POSITIVE_INFINITY]],
    ["delivery", ["cookie", "", null, false, 1]],
  ])("does not take any other %s", (field, values) => {
    for (const value of values) {
      expect(checkRefreshToken({ ...token, [field]: value })).toBeUndefined();
    }
  });

  test("has no other field", () => {
    expect(checkRefreshToken({ ...token, admin: true })).toBeUndefined();
    expect(checkRefreshToken({ ...token, admin: undefined })).toBeUndefined();
    const polluted = JSON.parse(JSON.stringify(token).replace("{", '{"__proto__":{"admin":true},'));
    expect(checkRefreshToken(polluted)).toBeUndefined();
  });

  test.each([undefined, null, "", "token", 1, true, [], {}, [token], () => token])(
    "is not that of %j",
    (value) => {
      expect(checkRefreshToken(value)).toBeUndefined();
    },
  );

  test("comes out as an object of its own, so that no caller can change another one's", () => {
    expect(checkRefreshToken(token)).not.toBe(token);
  });
});
