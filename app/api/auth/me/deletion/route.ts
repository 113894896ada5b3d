import { scheduleDeletion } from "#lib/auth/account/deletion.ts";
import { isoTime } from "#lib/auth/account/user.ts";
import { confirmationSchema } from "#lib/contract/schemas.ts";
import { isForm, readBody, validate } from "#lib/http/body.ts";
import { answerForm } from "#lib/http/form.ts";
import { identify, requireRecentSignIn } from "#lib/http/identify.ts";
import { json } from "#lib/http/json.ts";
import { type Call, route } from "#lib/http/route.ts";

/** Takes a recent sign-in. Signing in within seven days takes it back. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/me/deletion", {
  POST: async (request, call) => {
    if (isForm(request)) {
      return answerForm("deletion", request, call, async (fields) => {
        await schedule(validate(fields, confirmationSchema).current_password, request, call);
        return { to: "/login?reason=account_deletion" };
      });
    }
    const { current_password } = await readBody(request, confirmationSchema);
    return json(await schedule(current_password, request, call));
  },
});

async function schedule(password: string | undefined, request: Request, call: Call) {
  const identified = await identify(request, call);
  await requireRecentSignIn(identified, call, password);
  return { deletes_at: isoTime(await scheduleDeletion(call, identified.user)) };
}
