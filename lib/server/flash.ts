/** The result of a form posted without JavaScript, for the page that shows the form again. */
import "server-only";
import { headers } from "next/headers";
import { type Flash, type FormName, openFlash } from "#lib/http/flash.ts";
import { services } from "#lib/services.ts";

export type { Flash };

/**
 * Returns the result of the latest post of `form`, or null. `code` is the page's query parameter,
 * `error` or `done`: unless it matches, the visitor came for another reason and sees an empty form.
 */
export async function readFlash(form: FormName, code: unknown): Promise<Flash | null> {
  const { config, keyring } = services();
  const flash = await openFlash(form, (await headers()).get("cookie"), {
    config,
    keyring,
    now: Date.now(),
  });
  return flash && flash.code === code ? flash : null;
}
