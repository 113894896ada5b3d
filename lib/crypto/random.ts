/** Bytes that are fetched at a time: 4096 cost the system's generator hardly more than 16 do. */
const supply = 4096;

let pool = new Uint8Array(0);

/**
 * `count` bytes of the system's generator, 4096 at most. A supply of them is kept, as Node's own
 * randomUUID() keeps one; none is given out twice, and what was given out is not kept.
 */
export function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  if (pool.length < count) pool = crypto.getRandomValues(new Uint8Array(supply));
  const bytes = pool.slice(0, count);
  pool.fill(0, 0, count);
  pool = pool.subarray(count);
  return bytes;
}
