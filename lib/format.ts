/** Durations and times in plain English, like the pages. */

/** Milliseconds. */
const units = [
  ["day", 24 * 60 * 60 * 1000],
  ["hour", 60 * 60 * 1000],
  ["minute", 60 * 1000],
] as const;

/**
 * "an hour", "30 minutes", "7 days" of so many milliseconds. Rounded up, so that waiting that long
 * is enough: "90 seconds", and 2 minutes only above that.
 */
export function durationWords(milliseconds: number): string {
  const [unit, size] =
    units.find(([, size]) => milliseconds === size || milliseconds > 1.5 * size) ??
    (["second", 1000] as const);
  const count = Math.max(1, Math.ceil(milliseconds / size));
  if (count > 1) return `${count} ${unit}s`;
  return unit === "hour" ? "an hour" : `a ${unit}`;
}

/** "just now", "5 minutes ago", "yesterday". Both are Unix milliseconds. */
export function relativeWords(at: number, now: number): string {
  const elapsed = Math.max(0, now - at);
  const found = units.find(([, size]) => elapsed >= size);
  if (!found) return "just now";
  const [unit, size] = found;
  const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  return format.format(-Math.floor(elapsed / size), unit);
}

/** "23 November 2026 at 17:40 UTC" in `timeZone`; without one, in the reader's own. */
export function dateTimeWords(at: number, timeZone?: string): string {
  const options = { dateStyle: "long", timeStyle: "short", ...(timeZone && { timeZone }) } as const;
  return new Intl.DateTimeFormat("en-GB", options).format(at) + (timeZone ? ` ${timeZone}` : "");
}

/** "23 November 2026" in `timeZone`; without one, in the reader's own. */
export function dateWords(at: number, timeZone?: string): string {
  const options = { dateStyle: "long", ...(timeZone && { timeZone }) } as const;
  return new Intl.DateTimeFormat("en-GB", options).format(at);
}

/** "17:40:09" on the reader's clock. */
export function clockWords(at: number): string {
  return new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" }).format(at);
}

/** "17:40 UTC" in `timeZone`; without one, "17:40" in the reader's own. */
export function timeWords(at: number, timeZone?: string): string {
  const options = { timeStyle: "short", ...(timeZone && { timeZone }) } as const;
  return new Intl.DateTimeFormat("en-GB", options).format(at) + (timeZone ? ` ${timeZone}` : "");
}

/** ISO 8601 UTC, from Unix milliseconds. */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}
