import { scheduleDeletion } from "#lib/auth/account/deletion.ts";
import { confirmationSchema } from "#lib/contract/schemas.ts";
import { isoTime } from "#lib/format.ts";
import { action } from "#lib/http/action.ts";
import { identifyRecent } from "#lib/http/identify.ts";
import { json } from "#lib/http/json.ts";
import { route } from "#lib/http/route.ts";

/** Takes a recent sign-in. Signing in before the account is deleted keeps it. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/me/deletion", {
  POST: action({
    form: "deletion",
    schema: confirmationSchema,
    run: async (input, call, request) => {
      const { user } = await identifyRecent(request, call, input);
      return { deletes_at: isoTime(await scheduleDeletion(call, user)) };
    },
    json: (scheduled) => json(scheduled),
    page: () => ({ to: "/login?reason=account_deletion" }),
  }),
});
