import { signInWithEmail } from "#lib/auth/email/sign-in.ts";
import { emailLoginSchema } from "#lib/contract/schemas.ts";
import { action } from "#lib/http/action.ts";
import { requireSignedIn, signedInCookies, signedInResponse } from "#lib/http/delivery.ts";
import { whereEmailLogin } from "#lib/http/email-request.ts";
import { readCookiePresence } from "#lib/http/presence.ts";
import { signInLinkInvalid } from "#lib/http/problems.ts";
import { route } from "#lib/http/route.ts";
import { readVisitor } from "#lib/http/visitor.ts";

const signIn = action({
  form: "login-link",
  schema: emailLoginSchema,
  run: async ({ presented, remember, refresh_token_delivery: delivery }, call, request) => {
    const visitor = await readVisitor(request, call);
    const presence = await readCookiePresence(request.headers.get("cookie"), call);
    const who = { visitor, presence };
    const result = await signInWithEmail(call, who, presented, { remember, delivery });
    if (result.kind === "link_invalid") throw signInLinkInvalid(presented);
    return requireSignedIn(result, signInLinkInvalid(presented));
  },
  json: signedInResponse,
  page: async (signedIn, call) => ({ cookies: await signedInCookies(signedIn, call) }),
});

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route(
  "/api/auth/login/email/confirm",
  { POST: whereEmailLogin(signIn) },
);
