import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, openDatabase } from "#db/index.ts";
import { migrate } from "#db/migrate.ts";
import { issueAccessToken, verifyAccessToken } from "#lib/auth/session/access-token.ts";
import { SigningKeyCache } from "#lib/auth/session/signing-key-cache.ts";
import { loadSigningKeys } from "#lib/auth/session/signing-keys.ts";
import { Keyring } from "#lib/crypto/keyring.ts";

const start = 1_800_000_000_000;
const keyring = new Keyring(["s".repeat(32)]);
const issuer = "https://www.example.com";
const subject = {
  userId: "u",
  sessionId: "s",
  role: "user",
  authenticatedAt: start,
  amr: ["pwd"],
  sessionExpiresAt: start + 3_600_000,
};

let db: Database;
let keys: SigningKeyCache;

beforeAll(async () => {
  db = openDatabase("file::memory:");
  await migrate(db);
  keys = new SigningKeyCache((now) =>
    loadSigningKeys({ db: db.query, keyring, accessTokenLifetime: 10, now }),
  );
});

afterAll(() => db.close());

test("a remembered token still expires, and is valid for its own issuer only", async () => {
  const { token } = await issueAccessToken(subject, 10, { keys, issuer, now: start });
  const at = async (now: number, where = issuer) =>
    (await verifyAccessToken(token, { keys, issuer: where, now })).kind;
  expect([await at(start), await at(start + 5_000), await at(start + 9_999)]).toEqual([
    "valid",
    "valid",
    "valid",
  ]);
  expect(await at(start + 10_000)).toBe("expired");
  expect(await at(start + 1_000, "https://other.example.com")).toBe("invalid");
  expect(await at(start - 40_000)).toBe("invalid");
});

test("a tampered token is not taken for a remembered one", async () => {
  const { token } = await issueAccessToken(subject, 10, { keys, issuer, now: start });
  const verify = (presented: string) =>
    verifyAccessToken(presented, { keys, issuer, now: start + 1_000 });
  expect((await verify(token)).kind).toBe("valid");
  for (const at of [5, token.indexOf(".") + 5, token.length - 5]) {
    const other = token[at] === "A" ? "B" : "A";
    expect((await verify(token.slice(0, at) + other + token.slice(at + 1))).kind).toBe("invalid");
  }
});
