import { requestEmailSignIn } from "#lib/auth/email/requests.ts";
import { codeRequest, whereEmailLogin } from "#lib/http/email-request.ts";
import { route } from "#lib/http/route.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/login/email", {
  POST: whereEmailLogin(codeRequest("login-email", requestEmailSignIn)),
});
