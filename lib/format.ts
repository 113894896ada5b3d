/** Durations and times in plain words. English only, like the pages. */

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** "2 minutes", "30 seconds": rounded up, so that waiting that long is enough. */
export function durationWords(seconds: number): string {
  const [unit, length] = units.find(([, size]) => seconds >= size) ?? (["second", 1] as const);
  const format = new Intl.NumberFormat("en", { style: "unit", unit, unitDisplay: "long" });
  return format.format(Math.max(1, Math.ceil(seconds / length)));
}

/** "just now", "5 minutes ago", "yesterday". Both are Unix milliseconds. */
export function relativeWords(at: number, now: number): string {
  const seconds = Math.max(0, (now - at) / 1000);
  const found = units.find(([, size]) => seconds >= size);
  if (!found) return "just now";
  const [unit, length] = found;
  const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  return format.format(-Math.floor(seconds / length), unit);
}

/** "23 November 2026 at 17:40 UTC" in `timeZone`, or in the reader's own when it is left out. */
export function dateTimeWords(at: number, timeZone?: string): string {
  const options = { dateStyle: "long", timeStyle: "short", ...(timeZone && { timeZone }) } as const;
  return new Intl.DateTimeFormat("en-GB", options).format(at) + (timeZone ? ` ${timeZone}` : "");
}

/** "23 November 2026", as `dateTimeWords` does. */
export function dateWords(at: number, timeZone?: string): string {
  const options = { dateStyle: "long", ...(timeZone && { timeZone }) } as const;
  return new Intl.DateTimeFormat("en-GB", options).format(at);
}

/** "17:40:09" on the reader's clock. */
export function clockWords(at: number): string {
  return new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" }).format(at);
}

/** "17:40" in `timeZone`, or in the reader's own when it is left out. */
export function timeWords(at: number, timeZone?: string): string {
  const options = { timeStyle: "short", ...(timeZone && { timeZone }) } as const;
  return new Intl.DateTimeFormat("en-GB", options).format(at) + (timeZone ? ` ${timeZone}` : "");
}

/** ISO 8601 UTC, from Unix milliseconds. */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}
