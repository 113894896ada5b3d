/** The variables `RATE_LIMIT_<NAME>=<count>/<window>`, which change a limit: for example 100/60m. */
import type { Penalty } from "#db/rate-limits.ts";

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

interface Setting {
  limit: number;
  /** Milliseconds. */
  window: number;
}

/** Settings by name, without the prefix. */
type Settings = Readonly<Record<string, string>>;

/** "signup by address" is set by RATE_LIMIT_SIGNUP_BY_ADDRESS. */
export function settingName(kind: string): string {
  return kind.toUpperCase().replace(/[ -]/g, "_");
}

/** The penalty with the count and the window that the operator has set, if any. */
export function applySetting(penalty: Penalty, kind: string, settings: Settings): Penalty {
  const value = settings[settingName(kind)];
  const setting = value === undefined ? undefined : readSetting(value);
  if (!setting) return penalty;
  const { limit, window } = setting;
  // What blocks for a whole window does so for the new one.
  const isBlocking = penalty.delay === penalty.window;
  return { ...penalty, limit, window, ...(isBlocking && { delay: window, maxDelay: window }) };
}

/** Returns a sentence for each setting that is none of `kinds`, or has a value that is not one. */
export function wrongSettings(settings: Settings, kinds: readonly string[]): string[] {
  const known = new Set(kinds.map(settingName));
  return Object.entries(settings).flatMap(([name, value]) => {
    if (!known.has(name)) {
      return [`RATE_LIMIT_${name} is no limit of this server; docs/configuration.md lists them.`];
    }
    if (readSetting(value)) return [];
    return [
      `RATE_LIMIT_${name} is "${value}"; it takes a count from 2 to 1000000 and a time, such as 100/60m: s, m, h or d, up to 3650d.`,
    ];
  });
}

function readSetting(value: string): Setting | undefined {
  const [, count, amount, unit] = /^(\d{1,7})\/(\d{1,6})([smhd])$/.exec(value) ?? [];
  const limit = Number(count);
  const window = Number(amount) * units[unit as keyof typeof units];
  const fits = limit >= 2 && limit <= 1_000_000 && window >= 1_000 && window <= 3650 * units.d;
  return fits ? { limit, window } : undefined;
}
