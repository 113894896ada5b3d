import { generateKeyPairSync } from "node:crypto";
import { compactVerify } from "jose";
import { expect, test } from "vitest";
import { signCompact } from "#lib/crypto/jws.ts";

test("jose verifies every signature, also those with short numbers or a high first bit", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  // One number in 256 is a byte shorter, so 2,000 signatures include some.
  for (let n = 0; n < 2_000; n += 1) {
    const jws = signCompact({ alg: "ES256" }, { n }, privateKey);
    const { payload } = await compactVerify(jws, publicKey, { algorithms: ["ES256"] });
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({ n });
  }
});
