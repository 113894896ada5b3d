import { undoEmailChange } from "#lib/auth/email/undo.ts";
import { tokenSchema } from "#lib/contract/schemas.ts";
import { action } from "#lib/http/action.ts";
import { json } from "#lib/http/json.ts";
import { linkInvalid } from "#lib/http/problems.ts";
import { route } from "#lib/http/route.ts";

/** Leads on to a new password, because the one who changed the address knows the present one. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/email/undo", {
  POST: action({
    form: "undo-email",
    schema: tokenSchema,
    run: async ({ token }, call) => {
      const undone = await undoEmailChange(call, token);
      if (!undone) throw linkInvalid();
      call.subject = { userId: undone.user.id };
      return { email: undone.user.email, reset_token: undone.resetToken };
    },
    json: (undone) => json(undone),
    page: ({ reset_token: token }) => ({
      to: `/reset-password?${new URLSearchParams({ token })}`,
    }),
  }),
});
