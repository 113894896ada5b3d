/** Form posts, for browsers without (or still before) JavaScript: they are answered with pages. */
import { safeNext } from "#lib/safe-next.ts";
import { readForm } from "./body.ts";
import { type Flash, flashCookie } from "./flash.ts";
import { type Call, problemOf } from "./route.ts";

/** 303: the browser gets the page, and reloading it posts nothing again. */
export function seeOther(location: string, cookies: string[] = []): Response {
  const headers = new Headers({ Location: location });
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
  return new Response(null, { status: 303, headers });
}

/**
 * Runs `submit` with the form's fields and leads to the page that they name in `next`; a problem
 * leads back to the form, which shows it.
 */
export async function answerForm(
  form: Flash["form"],
  request: Request,
  call: Call,
  submit: (fields: Record<string, string>) => Promise<{ cookies: string[] }>,
): Promise<Response> {
  const fields = await readForm(request);
  try {
    const { cookies } = await submit(fields);
    return seeOther(safeNext(fields.next), cookies);
  } catch (error) {
    const problem = problemOf(error);
    if (problem.status >= 500) throw error;
    const query = new URLSearchParams({ error: problem.code });
    if (fields.next) query.set("next", safeNext(fields.next));
    return seeOther(`/${form}?${query}`, [await flashCookie(form, problem, fields, call)]);
  }
}
