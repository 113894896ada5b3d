import { requestPasswordReset } from "#lib/auth/email/requests.ts";
import { emailRequest } from "#lib/http/email-request.ts";
import { route } from "#lib/http/route.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/password/forgot", {
  POST: emailRequest("forgot-password", requestPasswordReset),
});
