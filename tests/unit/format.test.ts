import { expect, test } from "vitest";
import { durationWords, relativeWords } from "#lib/format.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  [0, "a second"],
  [300, "a second"],
  [1.2 * second, "2 seconds"],
  [30 * second, "30 seconds"],
  [minute, "a minute"],
  [61 * second, "61 seconds"],
  [90 * second, "90 seconds"],
  [91 * second, "2 minutes"],
  [10 * minute, "10 minutes"],
  [15 * minute, "15 minutes"],
  [59.5 * minute, "60 minutes"],
  [hour, "an hour"],
  [61 * minute, "61 minutes"],
  [90 * minute, "90 minutes"],
  [2 * hour, "2 hours"],
  [day, "a day"],
  [36 * hour, "36 hours"],
  [37 * hour, "2 days"],
  [14 * day, "14 days"],
  [90 * day, "90 days"],
])("%i milliseconds are %s", (milliseconds, words) => {
  expect(durationWords(milliseconds)).toBe(words);
});

test.each([
  [0, "just now"],
  [59 * second, "just now"],
  [minute, "1 minute ago"],
  [2 * hour, "2 hours ago"],
  [day, "yesterday"],
  [3 * day, "3 days ago"],
  // Of a clock that is ahead.
  [-minute, "just now"],
])("%i milliseconds later it was %s", (elapsed, words) => {
  const at = 1_800_000_000_000;
  expect(relativeWords(at, at + elapsed)).toBe(words);
});
