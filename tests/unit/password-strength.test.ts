import { describe, expect, test } from "vitest";
import { estimateStrength } from "#lib/ui/forms/estimate-strength.ts";

const own = ["Ada Lovelace", "countess", "ada.lovelace@example.com"];

describe("the strength of a password", () => {
  test.each([
    ["password1", /^Easy to guess: many people/],
    ["passw0rd", /^Easy to guess: /],
    ["aaaaaaaaaa", /^Easy to guess: it repeats/],
    ["abcdefghij", /^Easy to guess: /],
    ["qwertzuiop", /^Easy to guess: /],
    ["countess1", /^Easy to guess: /],
    ["lovelace", /^Easy to guess: it is made of your own/],
    ["x", /^Easy to guess: add another word/],
  ])("%j is rated weakest", (password, sentence) => {
    expect(estimateStrength(password, own)).toEqual({
      segments: 1,
      sentence: expect.stringMatching(sentence),
    });
  });

  test("grows with its length", () => {
    const words = ["kestrel", "kestrel u", "kestrel umbra", "kestrel umbra tango plinth"];
    const segments = words.map((password) => estimateStrength(password, own).segments);
    expect(segments).toEqual([...segments].sort());
    expect(segments[0]).toBe(1);
    expect(segments.at(-1)).toBe(4);
  });

  test("is estimated quickly, however long the password is", () => {
    const started = performance.now();
    expect(estimateStrength("kestrel umbra tango ".repeat(200), own).segments).toBe(4);
    expect(estimateStrength("aA1!".repeat(1_000), own).sentence).toMatch(/./);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
