/**
 * A captcha after repeated failures to sign in: it makes guessing at many accounts expensive, where
 * limits alone only make it slow. Turnstile, hCaptcha and reCAPTCHA verify in the same way.
 */
import { z } from "zod";
import type { Captcha } from "#lib/config/index.ts";
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

/**
 * Whether the provider says that `token` is a solution. While the provider does not answer, every
 * token passes: the limits still hold, and its outage must not be ours.
 */
export async function isSolved(
  { verifyUrl, secret }: Captcha,
  token: string | undefined,
  address: string,
): Promise<boolean> {
  if (!token) return false;
  try {
    const response = await fetch(verifyUrl, {
      method: "POST",
      body: new URLSearchParams({ secret, response: token, remoteip: address }),
      redirect: "error",
      signal: AbortSignal.timeout(timeLimit),
    });
    if (response.status >= 500) return true;
    return answerSchema.parse(await response.json()).success;
  } catch {
    return true;
  }
}
