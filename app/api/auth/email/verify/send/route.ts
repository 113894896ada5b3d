import { requestVerification } from "#lib/auth/email/requests.ts";
import { mailRequest } from "#lib/http/mail-request.ts";
import { route } from "#lib/http/route.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route(
  "/api/auth/email/verify/send",
  { POST: mailRequest("verify-email", requestVerification) },
);
