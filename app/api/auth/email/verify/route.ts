import { verifyEmail } from "#lib/auth/email/verification.ts";
import { emailedSchema } from "#lib/contract/schemas.ts";
import { action } from "#lib/http/action.ts";
import { json } from "#lib/http/json.ts";
import { linkInvalid } from "#lib/http/problems.ts";
import { route } from "#lib/http/route.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/email/verify", {
  POST: action({
    form: "verify-email",
    schema: emailedSchema,
    run: async (presented, call) => {
      const user = await verifyEmail(call, presented);
      if (!user) throw linkInvalid();
      call.subject = { userId: user.id };
      return { email: user.email, email_verified: true };
    },
    json: (verified) => json(verified),
    page: () => ({ to: "/verify-email?done=verified" }),
  }),
});
