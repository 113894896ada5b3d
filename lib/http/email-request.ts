import type { EmailRequest } from "#lib/auth/email/requests.ts";
import { emailSchema } from "#lib/contract/schemas.ts";
import { action } from "./action.ts";
import type { Call } from "./call.ts";
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
  send: (call: Call, asked: EmailRequest, request: Request) => Promise<void>,
): Handler {
  return action({
    form,
    schema: emailSchema,
    run: async (asked, call, request) => {
      requireMail(call.config);
      await send(call, asked, request);
      return { sent_to: asked.email };
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
  send: (call: Call, asked: EmailRequest) => Promise<void>,
): Handler {
  return action({
    form,
    schema: emailSchema,
    run: async (asked, call, request) => {
      const requestId = requestIdOf(request, call.config);
      await send(call, { ...asked, requestId });
      return { sent_to: asked.email, cookie: requestCookie(requestId, call.config) };
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
