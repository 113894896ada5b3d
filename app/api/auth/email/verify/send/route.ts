import { requestVerification } from "#lib/auth/email/requests.ts";
import { emailRequest } from "#lib/http/email-request.ts";
import { readCookiePresence } from "#lib/http/presence.ts";
import { route } from "#lib/http/route.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route(
  "/api/auth/email/verify/send",
  {
    POST: emailRequest("verify-email", async (call, asked, request) => {
      const { signUp } = await readCookiePresence(request.headers.get("cookie"), call);
      await requestVerification(call, asked, signUp?.account);
    }),
  },
);
