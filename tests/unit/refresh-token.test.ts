import { describe, expect, test } from "vitest";
import { sealDeviceCookie } from "#lib/auth/guard/device-cookie.ts";
import {
  openRefreshToken,
  type RefreshToken,
  sealRefreshToken,
} from "#lib/auth/session/refresh-token.ts";
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

const open = (...cookies: string[]) => openRefreshToken(cookies, [newer, older]);

describe("a sealed refresh token", () => {
  test("opens to what was sealed, and fits into a cookie", async () => {
    const sealed = await sealRefreshToken(token, [newer]);
    expect(await open(sealed)).toEqual({ kind: "token", token });
    expect(sealed.length).toBeLessThan(800);
    expect(sealed).toMatch(/^[\w.*~-]+$/);
  });

  test("opens under an older secret, and once resealed opens without it", async () => {
    expect(await open(await sealRefreshToken(token, [older]))).toEqual({ kind: "token", token });
    const moved = await sealRefreshToken(token, [newer, older]);
    expect(await openRefreshToken([moved], [newer])).toEqual({ kind: "token", token });
    expect(await openRefreshToken([moved], [older])).toEqual({ kind: "invalid" });
  });

  test("is invalid when a single character has changed", async () => {
    const sealed = await sealRefreshToken(token, [newer]);
    for (const at of [0, 10, 90, 200, sealed.length - 10]) {
      const other = sealed[at] === "A" ? "B" : "A";
      const tampered = sealed.slice(0, at) + other + sealed.slice(at + 1);
      expect(await open(tampered)).toEqual({ kind: "invalid" });
    }
  });

  test("is invalid under a foreign secret, for another purpose or in another shape", async () => {
    expect(await open(await sealRefreshToken(token, [foreign]))).toEqual({ kind: "invalid" });
    const device = { password: "digest", user: "u", id: "i", expires_at: 1 };
    expect(await open(await sealDeviceCookie(device, [newer]))).toEqual({ kind: "invalid" });
    expect(await open(await seal({}, "refresh token", [newer]))).toEqual({ kind: "invalid" });
    const more = { ...token, admin: true };
    expect(await open(await seal(more, "refresh token", [newer]))).toEqual({ kind: "invalid" });
  });
});

describe("cookies without a valid token", () => {
  test("are missing when empty, and invalid when they hold junk", async () => {
    expect(await open()).toEqual({ kind: "missing" });
    expect(await open("")).toEqual({ kind: "missing" });
    for (const junk of ["x", "Fe26.2*1*", "a".repeat(5000), "%00"]) {
      expect(await open(junk)).toEqual({ kind: "invalid" });
    }
  });

  test("are refused when two have one name, whichever is genuine", async () => {
    const sealed = await sealRefreshToken(token, [newer]);
    expect(await open(sealed, "planted")).toEqual({ kind: "invalid" });
    expect(await open("planted", sealed)).toEqual({ kind: "invalid" });
    expect(await open(sealed, sealed)).toEqual({ kind: "invalid" });
  });
});
