/**
 * A captcha after repeated failures to sign in: it makes guessing at many accounts expensive, where
 * limits alone only make it slow. Turnstile, hCaptcha and reCAPTCHA verify in the same way.
 */
import { z } from "zod";
import type { Captcha } from "#lib/config/index.ts";
import { log } from "#lib/log.ts";
import type { Limit } from "./rate-limits.ts";

/** Attempts that an account or a browser has before a captcha has to be solved … */
const attemptsWithoutCaptcha = 3;
/** … and attempts of an address, which a whole office may share. */
const attemptsOfAnAddress = 10;

/** Whether so many attempts, this one included, call for a captcha. */
export function needsCaptcha({ kind }: Limit, attempts: number): boolean {
  return attempts > (kind === "login by address" ? attemptsOfAnAddress : attemptsWithoutCaptcha);
}

/** Milliseconds. */
const timeLimit = 3_000;

const answerSchema = z.object({ success: z.boolean() });

/** What providers' tokens are made of. We forward it, so nothing else may be in it (red team 11). */
const tokenPattern = /^[\w.~-]{1,4096}$/;

/**
 * Whether the provider says that `token` is a solution. While the provider is out of order, every token
 * passes, and the log says so: the limits still hold, and its outage must not be ours. Out of order
 * means no connection, no response in time, or a 5xx; nothing else, or an attacker who gets it to
 * refuse the request would get past.
 */
export async function isSolved(
  { verifyUrl, secret }: Captcha,
  token: string | undefined,
  address: string,
): Promise<boolean> {
  if (!token || !tokenPattern.test(token)) return false;
  const body = new URLSearchParams({ secret, response: token, remoteip: address });
  const answer = await ask(verifyUrl, body);
  if (answer.kind === "answered") return answerSchema.safeParse(answer.json).data?.success ?? false;
  log.warn({ reason: answer.reason }, "the captcha's provider is out of order: passed without it");
  return true;
}

type ProviderAnswer =
  /** `json` is undefined when it is none. */
  { kind: "answered"; json: unknown } | { kind: "out_of_order"; reason: string };

async function ask(url: string, body: URLSearchParams): Promise<ProviderAnswer> {
  try {
    // A redirect is followed nowhere: it is an answer, and no verdict.
    const signal = AbortSignal.timeout(timeLimit);
    const response = await fetch(url, { method: "POST", body, redirect: "manual", signal });
    const text = await response.text();
    if (response.status >= 500) return { kind: "out_of_order", reason: `${response.status}` };
    return { kind: "answered", json: parse(text) };
  } catch (error) {
    // fetch rejects when there is no connection, or none any more, and when the time is up.
    return { kind: "out_of_order", reason: String(error) };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
