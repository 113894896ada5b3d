/**
 * The handler of a route that takes input and acts on it, by JSON for scripts and, where it has a
 * form, for browsers without (or before) JavaScript, which are answered with pages.
 */
import type { z } from "zod";
import type { Delivery } from "#lib/auth/session/refresh-token.ts";
import type { FieldError } from "#lib/contract/problems.ts";
import { safeNext } from "#lib/safe-next.ts";
import { isForm, readForm, readJson, validate } from "./body.ts";
import type { Call } from "./call.ts";
import { type FormName, flashCookie, formPages } from "./flash.ts";
import { Problem, problemOf } from "./problems.ts";
import type { Handler } from "./route.ts";
import { requireNoBrowser } from "./visitor.ts";

interface JsonAction<Schema extends z.ZodType, Result> {
  schema: Schema;
  /**
   * What is wrong beyond the schema. Asked when the schema has refused the input, so that people see
   * all of it at once; input that it accepts is judged by `run`.
   */
  judge?(value: unknown, call: Call): Promise<FieldError[]>;
  /** Does it. A problem that it throws is shown by the form, or returned as problem details. */
  run(input: z.output<Schema>, call: Call, request: Request): Promise<Result>;
  /** The response for a script. */
  json(result: Result, call: Call): Response | Promise<Response>;
}

interface FormAction<Schema extends z.ZodType, Result> extends JsonAction<Schema, Result> {
  /** The form that posts here. */
  form: FormName;
  /** Where the form leads on. */
  page(result: Result, call: Call): Page | Response | Promise<Page | Response>;
}

interface Page {
  /** A path of ours; by default the one that the form names in `next`. */
  to?: string;
  cookies?: string[];
  /** A word for what was done: the form's page, or that of another form, is shown again and says so. */
  done?: string;
  on?: FormName;
}

/**
 * @example
 * POST: action({
 *   form: "verify-email",
 *   schema: emailedSchema,
 *   run: async (presented, call) => verify(presented, call),
 *   json: (verified) => json(verified),
 *   page: () => ({ to: "/verify-email?done=verified" }),
 * }),
 */
export function action<Schema extends z.ZodType, Result>(
  options: FormAction<Schema, Result> | (JsonAction<Schema, Result> & { form?: never }),
): Handler {
  return async (request, call) => {
    if (options.form !== undefined && isForm(request)) return runForm(options, request, call);
    const input = await check(options, await readJson(request), call);
    if (hasDelivery(input)) requireNoBrowser(request, input.refresh_token_delivery);
    return options.json(await options.run(input, call, request), call);
  };
}

/** 303: the browser gets the page, and reloading it posts nothing again. */
export function seeOther(location: string, cookies: string[] = []): Response {
  const headers = new Headers({ Location: location });
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
  return new Response(null, { status: 303, headers });
}

async function check<Schema extends z.ZodType>(
  { schema, judge }: Pick<JsonAction<Schema, unknown>, "schema" | "judge">,
  value: unknown,
  call: Call,
): Promise<z.output<Schema>> {
  try {
    return validate(value, schema);
  } catch (error) {
    if (!judge || !(error instanceof Problem)) throw error;
    const errors = [...(error.options.errors ?? []), ...(await judge(value, call))];
    throw new Problem(error.code, error.message, { errors });
  }
}

/** Runs the action with the form's fields and leads on; a problem leads back to the form. */
async function runForm<Schema extends z.ZodType, Result>(
  options: FormAction<Schema, Result>,
  request: Request,
  call: Call,
): Promise<Response> {
  const { form, run, page } = options;
  const fields = await readForm(request);
  const pageOf = (query: Record<string, string>, on = form) => {
    const kept = { ...(fields.token && { token: fields.token }), ...nextOf(fields) };
    return `${formPages[on]}?${new URLSearchParams({ ...query, ...kept })}`;
  };
  try {
    const result = await run(await check(options, inputOf(fields), call), call, request);
    const outcome = await page(result, call);
    if (outcome instanceof Response) return outcome;
    const { to, cookies = [], done, on = form } = outcome;
    if (!done) return seeOther(to ?? safeNext(fields.next), cookies);
    const flash = await flashCookie(on, { code: done }, fields, call);
    return seeOther(pageOf({ done }, on), [...cookies, flash]);
  } catch (error) {
    const problem = problemOf(error, call.config);
    // The form can say this one, and trying again would not help.
    if (problem.status >= 500 && problem.code !== "mail_unavailable") throw error;
    const flash = await flashCookie(form, problem, fields, call);
    return seeOther(pageOf({ error: problem.code }), [flash]);
  }
}

/** A form's fields as input. An unchecked box sends nothing, and a browser keeps tokens in cookies. */
function inputOf({ refresh_token_delivery: _, ...fields }: Record<string, string>): object {
  return { ...fields, remember: fields.remember !== undefined };
}

function nextOf({ next }: Record<string, string>): Record<string, string> {
  return next ? { next: safeNext(next) } : {};
}

function hasDelivery(input: unknown): input is { refresh_token_delivery: Delivery } {
  return typeof input === "object" && input !== null && "refresh_token_delivery" in input;
}
