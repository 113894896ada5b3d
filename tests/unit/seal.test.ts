import { sealData, unsealData } from "iron-session";
import { expect, test } from "vitest";
import { z } from "zod";
import { Keyring } from "#lib/crypto/keyring.ts";
import { seal } from "#lib/crypto/seal.ts";
import { unseal } from "#lib/crypto/unseal.ts";

const secret = "s".repeat(32);
const keyring = new Keyring([secret]);
const value = { text: "grüße, 你好", number: 1, list: [null, true, ""] };
const schema = z.strictObject({ text: z.string(), number: z.int(), list: z.array(z.unknown()) });
const check = (given: unknown) => schema.safeParse(given).data;

/** Opens a seal that `keyring` has created, with the memory of another keyring. */
const open = (sealed: string) => unseal(sealed, check, "refresh token", new Keyring([secret]));

test("iron-session opens what is sealed here, whatever its length", async () => {
  const password = await keyring.sealPasswords("refresh token");
  for (let length = 0; length < 70; length += 1) {
    const padded = { ...value, text: "é".repeat(length) };
    const sealed = await seal(padded, "refresh token", keyring);
    expect(await unsealData(sealed, { password, ttl: 0 })).toEqual(padded);
    expect(await open(sealed)).toEqual(padded);
  }
});

test("what iron-session has sealed opens here", async () => {
  const password = await keyring.sealPasswords("refresh token");
  const sealed = await sealData(value, { password, ttl: 0 });
  expect(await unseal(sealed, check, "refresh token", keyring)).toEqual(value);
});

test("both seals have the same parts, of the same lengths", async () => {
  const password = await keyring.sealPasswords("refresh token");
  const shape = (sealed: string) => sealed.split("*").map((part) => part.length);
  const theirs = await sealData(value, { password, ttl: 0 });
  expect(shape(await seal(value, "refresh token", keyring))).toEqual(shape(theirs));
});

test("no two seals of one value share an initialisation vector, a ciphertext or a MAC", async () => {
  const seals = await Promise.all(
    Array.from({ length: 100 }, () => seal(value, "refresh token", keyring)),
  );
  for (const part of [3, 4, 7]) {
    expect(new Set(seals.map((sealed) => sealed.split("*")[part])).size).toBe(100);
  }
});

test("encryption and integrity have keys of their own, which no other purpose has", async () => {
  const purposes = ["refresh token", "device cookie", "form flash"] as const;
  const seals = await Promise.all(purposes.map((purpose) => seal(value, purpose, keyring)));
  const salts = seals.flatMap((sealed) => [2, 6].map((part) => sealed.split("*")[part]));
  expect(new Set(salts).size).toBe(6);
});

test("a seal that is remembered opens for its own purpose only, and under its own secrets", async () => {
  const sealed = await seal(value, "refresh token", keyring);
  expect(await unseal(sealed, check, "refresh token", keyring)).toEqual(value);
  expect(await unseal(sealed, check, "device cookie", keyring)).toBeUndefined();
  const foreign = new Keyring(["f".repeat(32)]);
  expect(await unseal(sealed, check, "refresh token", foreign)).toBeUndefined();
  const tampered = sealed.replace(/\*[^*]+$/, (mac) => [...mac].reverse().join(""));
  expect(await unseal(tampered, check, "refresh token", keyring)).toBeUndefined();
});

test("a remembered seal whose value has the wrong shape does not open", async () => {
  const sealed = await seal({ text: "only" }, "refresh token", keyring);
  expect(await unseal(sealed, check, "refresh token", keyring)).toBeUndefined();
});

test("a keyring remembers opened refresh tokens and device cookies, and nothing else", async () => {
  for (const purpose of ["refresh token", "device cookie"] as const) {
    const sealed = await seal(value, purpose, keyring);
    expect(keyring.recall(purpose, sealed)).toEqual(value);
    const another = new Keyring([secret]);
    expect(another.recall(purpose, sealed)).toBeUndefined();
    await unseal(sealed, check, purpose, another);
    expect(another.recall(purpose, sealed)).toEqual(value);
  }
  for (const purpose of ["mail", "form flash", "forwarded address"] as const) {
    const sealed = await seal(value, purpose, keyring);
    expect(await unseal(sealed, check, purpose, keyring)).toEqual(value);
    expect(keyring.recall(purpose, sealed)).toBeUndefined();
  }
});
