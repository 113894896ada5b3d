import type { AuthContext } from "#lib/auth/context.ts";
import { emailSchema } from "#lib/contract/schemas.ts";
import { action } from "./action.ts";
import type { FormName } from "./flash.ts";
import { json } from "./json.ts";
import { Problem, requireMail } from "./problems.ts";
import { requestCookie, requestIdOf } from "./request-cookie.ts";
import type { Handler } from "./route.ts";

/**
 * The handler of a route that has an email sent to an address: one response, after the same time,
 * whether or not an account has the address.
 */
export function emailRequest(
  form: FormName,
  send: (context: AuthContext, email: string) => Promise<void>,
): Handler {
  return action({
    form,
    schema: emailSchema,
    run: async ({ email }, call) => {
      requireMail(call.config);
      await send(call, email);
      return { sent_to: email };
    },
    json: (sent) => json(sent, 202),
    page: () => ({ done: "sent" }),
  });
}

/**
 * As `emailRequest`, for an email with a code that works only in the browser that asked for it:
 * `send` gets what its request cookie holds.
 */
export function codeRequest(
  form: FormName,
  send: (context: AuthContext, email: string, requestId: string) => Promise<void>,
): Handler {
  return action({
    form,
    schema: emailSchema,
    run: async ({ email }, call, request) => {
      const requestId = requestIdOf(request, call.config);
      await send(call, email, requestId);
      return { sent_to: email, cookie: requestCookie(requestId, call.config) };
    },
    json: ({ sent_to, cookie }) => json({ sent_to }, 202, [cookie]),
    page: ({ cookie }) => ({ done: "sent", cookies: [cookie] }),
  });
}

/** The handler where EMAIL_LOGIN is on, and 404 where it is off. */
export function whereEmailLogin(handler: Handler): Handler {
  return async (request, call) => {
    if (call.config.emailLogin) return handler(request, call);
    throw new Problem("not_found", "Signing in by mail is off (EMAIL_LOGIN).");
  };
}
