/**
 * Whether a password has been in a data breach, by the Pwned Passwords API or a service with the same
 * protocol: https://haveibeenpwned.com/API/v3#PwnedPasswords. The service learns the first five of
 * the forty hex digits of a SHA-1, which thousands of passwords share, and not whose password it is.
 */
import { createHash } from "node:crypto";
import { log } from "#lib/log.ts";
import { appSlug } from "#lib/site.ts";

/** Milliseconds. No sign-up waits longer for another company's service. */
const timeLimit = 1_000;

/** Bytes. A real response has some 40,000. */
const maxAnswer = 1_048_576;

/** Returns false, and logs a warning, when the service cannot be asked. */
export async function isBreached(password: string, serviceUrl: string): Promise<boolean> {
  const sha1 = createHash("sha1").update(password.normalize("NFC")).digest("hex").toUpperCase();
  try {
    const answer = await askFor(serviceUrl + sha1.slice(0, 5));
    return countOf(sha1.slice(5), answer) > 0;
  } catch (error) {
    // Neither the URL nor the message: both could contain the digits.
    log.warn({ reason: reasonOf(error) }, "The breached-password service could not be asked.");
    return false;
  }
}

async function askFor(url: string): Promise<string> {
  const response = await fetch(url, {
    // The service pads every response to about one length, so that the length does not tell which it is.
    headers: { "Add-Padding": "true", "User-Agent": appSlug },
    redirect: "error",
    cache: "no-store",
    signal: AbortSignal.timeout(timeLimit),
  });
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new Unusable(`status ${response.status}`);
  }
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of response.body) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > maxAnswer) throw new Unusable("too long an answer");
  }
  return text;
}

/** How often the hash that ends in `suffix` was found in breaches. Padding has the count 0. */
function countOf(suffix: string, answer: string): number {
  const counts = new Map<string, number>();
  for (const [, ending = "", count] of answer.matchAll(/^([0-9A-F]{35}):(\d{1,12})\r?$/gim)) {
    counts.set(ending.toUpperCase(), Number(count));
  }
  if (counts.size === 0) throw new Unusable("not an answer of this protocol");
  return counts.get(suffix) ?? 0;
}

class Unusable extends Error {}

function reasonOf(error: unknown): string {
  if (error instanceof Unusable) return error.message;
  if (!(error instanceof Error)) return "unknown";
  const { cause } = error;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return String(code ?? error.name);
}
