import { describe, expect, test } from "vitest";
import { median, noise, percentile } from "../../bench/lib/statistics.ts";
import { type Results, shortfalls } from "../../bench/report/results.ts";

describe("the bench's statistics", () => {
  test("a percentile is the value below which that share of the values lies", () => {
    const values = Array.from({ length: 100 }, (_, n) => 99 - n);
    expect(percentile(values, 0.5)).toBe(50);
    expect(percentile(values, 0.99)).toBe(99);
    expect(percentile(values, 1)).toBe(99);
    expect(percentile([], 0.5)).toBeNaN();
  });

  test("one disturbed repetition moves neither the median nor the noise", () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([1, 2, 3, 4])).toBe(2.5);
    expect(noise([10, 11, 12, 13, 1_000])).toBeCloseTo(1.48, 2);
  });
});

describe("the bench's gate", () => {
  const figures = { perSecond: 1, p50: 1, p99: 1, cpuPerRequest: 1 };
  const resultsOf = (ratio: number, target?: number): Results =>
    ({
      throughput: [
        {
          name: "me",
          limitName: "an empty handler",
          ...(target && { target }),
          own: figures,
          limit: figures,
          ratio,
          noise: 0.05,
          peers: {},
        },
      ],
    }) as unknown as Results;

  test("fails a ratio that misses its target by more than the noise, and no other", () => {
    expect(shortfalls(resultsOf(0.71, 0.7))).toEqual([]);
    expect(shortfalls(resultsOf(0.66, 0.7))).toEqual([]);
    expect(shortfalls(resultsOf(0.64, 0.7))).toHaveLength(1);
    expect(shortfalls(resultsOf(0.1))).toEqual([]);
  });

  test("fails when a flood of sign-ins slows refreshes too much", () => {
    const attack = { idle: 30, attacked: 300, slowest: 500, ratio: 10, noise: 1 };
    const flood = { idle: 10, flooded: 70, ratio: 7, noise: 1, loginsPerSecond: 1, attack };
    expect(shortfalls({ flood } as Results)).toHaveLength(1);
    expect(shortfalls({ flood: { ...flood, ratio: 5.5 } } as Results)).toEqual([]);
  });

  // red team 2
  test("fails when one account can slow the sign-ins of others too much, or one of them for two seconds", () => {
    const fine = { idle: 30, attacked: 300, slowest: 1_900, ratio: 10, noise: 1 };
    const flooded = (attack: typeof fine) =>
      shortfalls({ flood: { idle: 1, flooded: 1, ratio: 1, noise: 0, attack } } as Results);
    expect(flooded(fine)).toEqual([]);
    expect(flooded({ ...fine, ratio: 25 })).toHaveLength(1);
    expect(flooded({ ...fine, slowest: 2_100 })).toHaveLength(1);
  });
});
