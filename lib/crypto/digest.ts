import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { deriveKey, type Purpose } from "./keyring.ts";

const keys = new Map<string, Promise<KeyObject>>();

/** HMAC-SHA-256 of `message`, base64url: for values that are few enough to be tried one by one. */
export async function keyedDigest(
  secret: string,
  purpose: Purpose,
  message: string,
): Promise<string> {
  const hmac = createHmac("sha256", await keyFor(secret, purpose));
  return hmac.update(message).digest("base64url");
}

function keyFor(secret: string, purpose: Purpose): Promise<KeyObject> {
  const name = `${purpose} ${secret}`;
  const known = keys.get(name) ?? deriveKey(secret, purpose).then(createSecretKey);
  keys.set(name, known);
  return known;
}
