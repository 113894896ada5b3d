/**
 * Whether a password has been in a data breach, asked of the Pwned Passwords API or a service that
 * speaks like it: https://haveibeenpwned.com/API/v3#PwnedPasswords. It learns the first five of the
 * forty hex digits of a SHA-1, which thousands of passwords share, and nothing of whose it is.
 */
import { createHash } from "node:crypto";
import { log } from "#lib/log.ts";
import { appSlug } from "#lib/site.ts";

/** Milliseconds. Nobody's sign-up waits longer for somebody else's service. */
const timeLimit = 1_000;

/** Bytes. An answer has some 40,000; what is longer is none. */
const maxAnswer = 1_048_576;

/** Answers false as well when the service cannot be asked: the log has a warning then. */
export async function isBreached(password: string, serviceUrl: string): Promise<boolean> {
  const sha1 = createHash("sha1").update(password.normalize("NFC")).digest("hex").toUpperCase();
  try {
    const answer = await askFor(serviceUrl + sha1.slice(0, 5));
    return countOf(sha1.slice(5), answer) > 0;
  } catch (error) {
    // Neither the address nor the message: both could have the digits in them.
    log.warn({ reason: reasonOf(error) }, "The breached-password service could not be asked.");
    return false;
  }
}

async function askFor(url: string): Promise<string> {
  const response = await fetch(url, {
    // Every answer is made about as long, so that its length does not tell which one it is.
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

/** How often the breaches have the password whose hash ends in `suffix`. Padding counts 0. */
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
