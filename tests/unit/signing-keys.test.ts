import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Database, openDatabase } from "#db/index.ts";
import { migrate } from "#db/migrate.ts";
import { issueAccessToken, verifyAccessToken } from "#lib/auth/session/access-token.ts";
import { SigningKeyCache } from "#lib/auth/session/signing-key-cache.ts";
import { loadSigningKeys, rotateSigningKeys } from "#lib/auth/session/signing-keys.ts";
import { Keyring } from "#lib/crypto/keyring.ts";

const [secret, newer] = ["s".repeat(32), "n".repeat(32)] as const;
const start = 1_800_000_000_000;
const minute = 60_000;
const day = 24 * 60 * minute;

let db: Database;

beforeEach(async () => {
  db = openDatabase("file::memory:");
  await migrate(db);
});

afterEach(() => db.close());

const options = (now: number, secrets: [string, ...string[]] = [secret]) => ({
  db: db.query,
  keyring: new Keyring(secrets),
  accessTokenLifetime: 900,
  now,
});
const load = (now: number, secrets?: [string, ...string[]]) =>
  loadSigningKeys(options(now, secrets));
const kids = async (now: number) => (await load(now)).jwks.keys.map(({ kid }) => kid);

test("instances that start at the same time end up with one key", async () => {
  const all = await Promise.all(Array.from({ length: 10 }, () => load(start)));
  expect(new Set(all.map(({ signing }) => signing.kid)).size).toBe(1);
  expect(await kids(start)).toHaveLength(1);
});

test("instances whose clocks differ end up with one key, too", async () => {
  const ahead = await load(start + 5 * minute);
  const behind = await load(start);
  expect(behind.signing.kid).toBe(ahead.signing.kid);
  expect(await kids(start)).toHaveLength(1);
});

test("only the public half is published", async () => {
  const { jwks } = await load(start);
  expect(jwks.keys[0]).not.toHaveProperty("d");
});

describe("a rotation", () => {
  test("publishes the next key ten minutes before it signs, and drops the previous one after its tokens", async () => {
    const first = (await load(start)).signing.kid;
    const second = await rotateSigningKeys(options(start));
    expect(await kids(start)).toEqual([second, first]);
    expect((await load(start + 10 * minute - 1)).signing.kid).toBe(first);
    expect((await load(start + 10 * minute)).signing.kid).toBe(second);
    // The first key's last token lives 15 minutes; one minute more allows for clock skew.
    expect(await kids(start + 26 * minute - 1)).toEqual([second, first]);
    expect(await kids(start + 26 * minute)).toEqual([second]);
  });

  test("happens by itself after thirty days", async () => {
    const first = (await load(start)).signing.kid;
    expect(await kids(start + 30 * day - 1)).toEqual([first]);
    expect(await kids(start + 30 * day)).toHaveLength(2);
    expect((await load(start + 30 * day)).signing.kid).toBe(first);
  });

  test("never fails a valid token, on an instance that reads the keys once a minute", async () => {
    const keys = new SigningKeyCache((now) => load(now));
    const issuer = "https://www.example.com";
    const subject = {
      userId: "u",
      sessionId: "s",
      role: "user",
      authenticatedAt: start,
      amr: ["pwd"],
      sessionExpiresAt: start + 365 * day,
    };
    const issued: { token: string; at: number }[] = [];
    for (let now = start; now < start + 90 * minute; now += minute / 2) {
      if (now === start + 20 * minute) await rotateSigningKeys(options(now));
      const { token } = await issueAccessToken(subject, 900, { keys, issuer, now });
      issued.push({ token, at: now });
      for (const each of issued.filter(({ at }) => now - at < 15 * minute)) {
        const verified = await verifyAccessToken(each.token, { keys, issuer, now });
        expect(verified.kind).toBe("valid");
      }
    }
  });
});

describe("AUTH_SECRET", () => {
  test("encrypts the private half, and a newer secret takes it over", async () => {
    const { signing } = await load(start);
    const stored = await db.query.selectFrom("signing_keys").selectAll().executeTakeFirstOrThrow();
    expect(stored.private_jwe).not.toContain('"d"');
    expect((await load(start, [newer, secret])).signing.kid).toBe(signing.kid);
    expect((await load(start, [newer])).signing.kid).toBe(signing.kid);
  });

  test("that is replaced outright costs the signing key, but no token in use", async () => {
    const before = await load(start);
    const after = await load(start + minute, [newer]);
    expect(after.signing.kid).not.toBe(before.signing.kid);
    expect(after.verifying.has(before.signing.kid)).toBe(true);
  });
});

test("a token with an unknown key costs at most one read in five seconds", async () => {
  let reads = 0;
  const keys = new SigningKeyCache((now) => {
    reads += 1;
    return load(now);
  });
  for (let i = 0; i < 100; i += 1) await keys.getWith("unknown", start + i);
  expect(reads).toBe(1);
  await keys.getWith("unknown", start + 5000);
  expect(reads).toBe(2);
});
