import { expect, test } from "vitest";
import { isRandomId, randomId } from "#lib/crypto/random.ts";

test("no id is given out twice, and none could be taken for an option on a command line", () => {
  const seen = new Set<string>();
  for (let n = 0; n < 20_000; n += 1) {
    const id = randomId();
    expect(id).toMatch(/^\w[\w-]{21}$/);
    expect(isRandomId(id)).toBe(true);
    // 128 bits, and nothing beside them.
    expect(Buffer.from(id, "base64url")).toHaveLength(16);
    seen.add(id);
  }
  expect(seen.size).toBe(20_000);
});

test.each([
  "",
  "short",
  "a".repeat(21),
  "a".repeat(23),
  `${"a".repeat(21)}.`,
  `${"a".repeat(22)}\n`,
])("%j is no random id", (value) => {
  expect(isRandomId(value)).toBe(false);
});
