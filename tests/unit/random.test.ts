import { expect, test } from "vitest";
import { randomBytes } from "#lib/crypto/random.ts";

test("no bytes are given out twice, nor after they were wiped", () => {
  const seen = new Set<string>();
  // Of lengths that do not divide the supply, so that some is left over each time.
  for (let n = 0; n < 3_000; n += 1) {
    for (const count of [16, 80]) {
      const bytes = randomBytes(count);
      expect(bytes).toHaveLength(count);
      // Alone in its buffer: whoever has it sees nothing that is still to be given out.
      expect(bytes.buffer.byteLength).toBe(count);
      for (let at = 0; at < count; at += 16) {
        seen.add(Buffer.from(bytes.subarray(at, at + 16)).toString("hex"));
      }
    }
  }
  expect(seen.size).toBe(3_000 * 6);
});
