import { sealData, unsealData } from "iron-session";
import { expect, test } from "vitest";
import { z } from "zod";
import { ironSeal } from "#lib/crypto/iron-seal.ts";
import { sealPasswords } from "#lib/crypto/keyring.ts";
import { seal, unseal } from "#lib/crypto/seal.ts";

const secrets = ["s".repeat(32)];
const value = { text: "grüße, 你好", number: 1, list: [null, true, ""] };
const schema = z.strictObject({ text: z.string(), number: z.int(), list: z.array(z.unknown()) });

test("iron-session opens our seals, whatever their length", async () => {
  const password = "p".repeat(43);
  for (let length = 0; length < 70; length += 1) {
    const padded = { ...value, text: "é".repeat(length) };
    const sealed = await ironSeal(padded, "7", password);
    expect(await unsealData(sealed, { password: { 7: password }, ttl: 0 })).toEqual(padded);
  }
});

test("we open the seals of iron-session", async () => {
  const password = await sealPasswords(secrets, "refresh token");
  const sealed = await sealData(value, { password, ttl: 0 });
  expect(await unseal(sealed, schema, "refresh token", secrets)).toEqual(value);
});

test("both seals have the same parts, of the same lengths", async () => {
  const password = "p".repeat(43);
  const shape = (sealed: string) => sealed.split("*").map((part) => part.length);
  const theirs = await sealData(value, { password: { 7: password }, ttl: 0 });
  expect(shape(await ironSeal(value, "7", password))).toEqual(shape(theirs));
});

test("no two seals of one value share an IV, a ciphertext or a MAC", async () => {
  const seals = await Promise.all(
    Array.from({ length: 100 }, () => seal(value, "refresh token", secrets)),
  );
  for (const part of [3, 4, 7]) {
    expect(new Set(seals.map((sealed) => sealed.split("*")[part])).size).toBe(100);
  }
});

test("encryption and integrity use keys of their own, different for each purpose", async () => {
  const purposes = ["refresh token", "known browser", "form flash"] as const;
  const seals = await Promise.all(purposes.map((purpose) => seal(value, purpose, secrets)));
  const salts = seals.flatMap((sealed) => [2, 6].map((part) => sealed.split("*")[part]));
  expect(new Set(salts).size).toBe(6);
});

test("a seal that was opened before still opens only for its own purpose and secrets", async () => {
  const sealed = await seal(value, "refresh token", secrets);
  expect(await unseal(sealed, schema, "refresh token", secrets)).toEqual(value);
  expect(await unseal(sealed, schema, "known browser", secrets)).toBeUndefined();
  expect(await unseal(sealed, schema, "refresh token", ["f".repeat(32)])).toBeUndefined();
  const tampered = sealed.replace(/\*[^*]+$/, (mac) => [...mac].reverse().join(""));
  expect(await unseal(tampered, schema, "refresh token", secrets)).toBeUndefined();
});
