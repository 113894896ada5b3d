import { requestEmailSignIn } from "#lib/auth/email/requests.ts";
import { mailRequest } from "#lib/http/mail-request.ts";
import { requireEmailLogin } from "#lib/http/problem.ts";
import { route } from "#lib/http/route.ts";

const request = mailRequest("login-email", requestEmailSignIn);

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/login/email", {
  POST: async (...asked) => {
    const [, call] = asked;
    requireEmailLogin(call.config);
    return request(...asked);
  },
});
