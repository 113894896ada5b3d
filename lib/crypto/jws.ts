import { type KeyObject, sign } from "node:crypto";

/**
 * Signs `claims` as a compact JWS (RFC 7515 §7.1) with ES256; `header` has to say so. By Node's own
 * crypto, at once: jose signs by WebCrypto, on another thread, and the way there and back takes
 * longer than the signature. jose verifies them all.
 */
export function signCompact(header: object, claims: object, key: KeyObject): string {
  const input = `${encode(header)}.${encode(claims)}`;
  // Node can be asked for JOSE's form of the signature, too; it takes twice as long to be asked.
  const signature = joseSignature(sign("sha256", Buffer.from(input), key));
  return `${input}.${signature.toString("base64url")}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** Bytes of each of the two numbers of a P-256 signature. */
const size = 32;

/**
 * RFC 7518 §3.4 wants r and s side by side, 32 bytes each. OpenSSL gives a DER sequence of two
 * integers: SEQUENCE, length, INTEGER, length of r, r, INTEGER, length of s, s. An integer has a
 * zero in front when its first bit is set, and none of the zeros that it starts with.
 */
function joseSignature(der: Buffer): Buffer {
  const [, , , rLength = 0] = der;
  const rEnd = 4 + rLength;
  const joined = Buffer.alloc(2 * size);
  placeRight(der.subarray(4, rEnd), joined.subarray(0, size));
  placeRight(der.subarray(rEnd + 2), joined.subarray(size));
  return joined;
}

function placeRight(number: Buffer, place: Buffer): void {
  const digits = number.subarray(Math.max(0, number.length - size));
  place.set(digits, size - digits.length);
}
