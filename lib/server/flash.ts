/** What a form post without JavaScript left for the page that shows the form again. */
import "server-only";
import { headers } from "next/headers";
import { type Flash, type FormName, openFlash } from "#lib/http/flash.ts";
import { services } from "#lib/services.ts";

export type { Flash };

/**
 * What came of the latest post of `form`. `code` is the page's query parameter, `error` or `done`:
 * without it, or with another one, the visitor has come for another reason and sees an empty form.
 */
export async function readFlash(form: FormName, code: unknown): Promise<Flash | null> {
  const { keyring } = services();
  const flash = await openFlash(form, (await headers()).get("cookie"), {
    keyring,
    now: Date.now(),
  });
  return flash && flash.code === code ? flash : null;
}
