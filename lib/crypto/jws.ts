import { type KeyObject, sign } from "node:crypto";

/**
 * Signs `claims` with ES256 and returns a compact JWS (RFC 7515 §7.1); `header` has to name ES256.
 * It uses Node's own crypto, synchronously, because jose signs by WebCrypto on another thread, and the
 * hand-over takes longer than the signature. jose verifies the tokens.
 */
export function signCompact(header: object, claims: object, key: KeyObject): string {
  const input = `${encode(header)}.${encode(claims)}`;
  // With `dsaEncoding: "ieee-p1363"` a refresh costs 625 µs of CPU instead of 575, in the server.
  const signature = joseSignature(sign("sha256", Buffer.from(input), key));
  return `${input}.${signature.toString("base64url")}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** Bytes of each of the two integers of a P-256 signature. */
const size = 32;

/**
 * RFC 7518 §3.4 wants r and s side by side, 32 bytes each. OpenSSL returns a DER sequence of two
 * integers: SEQUENCE, length, INTEGER, length of r, r, INTEGER, length of s, s. DER drops an integer's
 * leading zero bytes, and adds one when the first bit would otherwise be set.
 */
function joseSignature(der: Buffer): Buffer {
  const [, , , rLength = 0] = der;
  const rEnd = 4 + rLength;
  const joined = Buffer.alloc(2 * size);
  placeRight(der.subarray(4, rEnd), joined.subarray(0, size));
  placeRight(der.subarray(rEnd + 2), joined.subarray(size));
  return joined;
}

function placeRight(integer: Buffer, place: Buffer): void {
  const digits = integer.subarray(Math.max(0, integer.length - size));
  place.set(digits, size - digits.length);
}
