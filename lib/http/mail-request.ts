import type { AuthContext } from "#lib/auth/context.ts";
import { emailSchema } from "#lib/contract/schemas.ts";
import { isForm, readBody, validate } from "./body.ts";
import type { FormName } from "./flash.ts";
import { answerForm } from "./form.ts";
import { json } from "./json.ts";
import type { Call } from "./route.ts";

/**
 * The handler of a route that has a mail sent to an address: the same answer, after the same time,
 * whether or not anybody has it.
 */
export function mailRequest(
  form: FormName,
  send: (context: AuthContext, email: string) => Promise<void>,
) {
  return async (request: Request, call: Call): Promise<Response> => {
    if (isForm(request)) {
      return answerForm(form, request, call, async (fields) => {
        await send(call, validate(fields, emailSchema).email);
        return { done: "sent" };
      });
    }
    const { email } = await readBody(request, emailSchema);
    await send(call, email);
    return json({ sent_to: email }, 202);
  };
}
