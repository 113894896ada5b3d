import Bowser from "bowser";
import { LruCache } from "#lib/lru-cache.ts";

const browsers = new Set(Object.values(Bowser.BROWSER_MAP));

/**
 * What a person calls their browser: "Firefox on Windows". The name goes into emails, and Bowser
 * copies what it does not know from the header; so only names from its own list are used, or an
 * attacker could write to the owner, a link for example.
 */
export function deviceName(userAgent: string): string {
  if (!userAgent) return "Unknown device";
  const known = names.get(userAgent);
  if (known !== undefined) return known;
  const name = parse(userAgent);
  names.set(userAgent, name);
  return name;
}

/** Parsing takes 30 µs, and a list of events names few devices. */
const names = new LruCache<string, string>(500);

function parse(userAgent: string): string {
  const { browser, os } = Bowser.parse(userAgent);
  const name = browsers.has(browser.name ?? "") ? browser.name : undefined;
  if (name && os.name) return `${name} on ${os.name}`;
  // Programs name themselves first: "curl/8.5.0".
  const [, program] = /^([\w-]{1,32})\//.exec(userAgent) ?? [];
  return name || os.name || program || "Unknown device";
}
