/** What a form post without JavaScript left for the page that shows the form again. */
import "server-only";
import { headers } from "next/headers";
import { type Flash, openFlash } from "#lib/http/flash.ts";
import { services } from "#lib/services.ts";

export type { Flash };

/**
 * The problem of the latest post of `form`. `error` is the page's query parameter: without it, or
 * with another code, the visitor has come for another reason and sees an empty form.
 */
export async function readFlash(form: Flash["form"], error: unknown): Promise<Flash | null> {
  const { config } = services();
  const flash = await openFlash(form, (await headers()).get("cookie"), { config, now: Date.now() });
  return flash && flash.code === error ? flash : null;
}
