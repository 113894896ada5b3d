import Bowser from "bowser";
import { LruCache } from "#lib/lru-cache.ts";

const browsers = new Set(Object.values(Bowser.BROWSER_MAP));

/** Programs that name themselves first: "curl/8.5.0". */
const programs = new Set([
  "Apache-HttpClient",
  "axios",
  "CFNetwork",
  "curl",
  "Dart",
  "Go-http-client",
  "HTTPie",
  "Insomnia",
  "Java-http-client",
  "node",
  "node-fetch",
  "okhttp",
  "PostmanRuntime",
  "python-httpx",
  "python-requests",
  "undici",
  "Wget",
]);

/**
 * What a person calls their browser: "Firefox on Windows". The name goes into emails, and Bowser
 * copies what it does not know from the header; so only names from its list and from ours are used,
 * or an attacker could write to the owner, a telephone number for example (red team 9).
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
  const [, first = ""] = /^([\w-]{1,32})\//.exec(userAgent) ?? [];
  const program = programs.has(first) ? first : undefined;
  return name || os.name || program || "Unknown device";
}
