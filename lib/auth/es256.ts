import { type KeyObject, sign } from "node:crypto";

/**
 * Signs `claims` as a compact JWS (RFC 7515 §7.1) with ES256; `header` has to say so. By Node's own
 * crypto, which does it at once: jose has WebCrypto only, and there each signature is a trip to
 * another thread that takes a busy server longer than the signature. jose verifies them all.
 */
export function signCompact(header: object, claims: object, key: KeyObject): string {
  const input = `${encode(header)}.${encode(claims)}`;
  // RFC 7518 §3.4: r and s side by side.
  const signature = sign("sha256", Buffer.from(input), { key, dsaEncoding: "ieee-p1363" });
  return `${input}.${signature.toString("base64url")}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
