/** Form posts, for browsers without (or still before) JavaScript: they are answered with pages. */
import { safeNext } from "#lib/safe-next.ts";
import { readForm } from "./body.ts";
import { type FormName, flashCookie, formPages } from "./flash.ts";
import { type Call, problemOf } from "./route.ts";

/** 303: the browser gets the page, and reloading it posts nothing again. */
export function seeOther(location: string, cookies: string[] = []): Response {
  const headers = new Headers({ Location: location });
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
  return new Response(null, { status: 303, headers });
}

/** Where a form leads when it was right, and with which cookies. */
interface Outcome {
  /** A page of ours; the one that the form names in `next` by default. */
  to?: string;
  cookies?: string[];
  /** A word for what was done: the form's page is shown again, or that of another form, and says so. */
  done?: string;
  on?: FormName;
}

/**
 * Runs `submit` with the form's fields and leads on; a problem leads back to the form, which shows
 * it and what was typed.
 */
export async function answerForm(
  form: FormName,
  request: Request,
  call: Call,
  submit: (fields: Record<string, string>) => Promise<Outcome | Response>,
): Promise<Response> {
  const fields = await readForm(request);
  const page = (query: Record<string, string>, on = form) => {
    const kept = { ...(fields.token && { token: fields.token }), ...nextOf(fields) };
    return `${formPages[on]}?${new URLSearchParams({ ...query, ...kept })}`;
  };
  try {
    const outcome = await submit(fields);
    if (outcome instanceof Response) return outcome;
    const { to, cookies = [], done, on = form } = outcome;
    if (!done) return seeOther(to ?? safeNext(fields.next), cookies);
    const flash = await flashCookie(on, { code: done }, fields, call);
    return seeOther(page({ done }, on), [...cookies, flash]);
  } catch (error) {
    const problem = problemOf(error);
    if (problem.status >= 500) throw error;
    const flash = await flashCookie(form, problem, fields, call);
    return seeOther(page({ error: problem.code }), [flash]);
  }
}

function nextOf({ next }: Record<string, string>): Record<string, string> {
  return next ? { next: safeNext(next) } : {};
}
