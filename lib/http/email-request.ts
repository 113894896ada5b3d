import type { EmailRequest } from "#lib/auth/email/requests.ts";
import { emailSchema } from "#lib/contract/schemas.ts";
import { action } from "./action.ts";
import type { Call } from "./call.ts";
import type { FormName } from "./flash.ts";
import { json } from "./json.ts";
import { Problem } from "./problems.ts";
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
      await send(call, asked, request);
      return { sent_to: asked.email };
    },
    json: (sent) => json(sent, 202),
    page: () => ({ done: "sent" }),
  });
}

/** The handler where EMAIL_LOGIN is on, and 404 where it is off. */
export function whereEmailLogin(handler: Handler): Handler {
  return async (request, call) => {
    if (call.config.emailLogin) return handler(request, call);
    throw new Problem("not_found", "Signing in by mail is off (EMAIL_LOGIN).");
  };
}
