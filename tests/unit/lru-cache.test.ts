import { expect, test } from "vitest";
import { LruCache } from "#lib/lru-cache.ts";

test("keeps what was used last and drops the oldest", () => {
  const recent = new LruCache<string, number>(2);
  recent.set("a", 1);
  recent.set("b", 2);
  expect(recent.get("a")).toBe(1);
  recent.set("c", 3);
  expect(recent.get("b")).toBeUndefined();
  expect([recent.get("a"), recent.get("c")]).toEqual([1, 3]);
});
