import type { z } from "zod";
import { logIn } from "#lib/auth/accounts.ts";
import { openKnownBrowser } from "#lib/auth/known-browser.ts";
import { loginSchema } from "#lib/auth/schemas.ts";
import { knownBrowserCookieName } from "#lib/http/auth-cookies.ts";
import { isForm, readBody, validate } from "#lib/http/body.ts";
import { readCookies } from "#lib/http/cookies.ts";
import { answerForm } from "#lib/http/form.ts";
import { json } from "#lib/http/json.ts";
import { Problem } from "#lib/http/problem.ts";
import { requireNoBrowser } from "#lib/http/refresh-delivery.ts";
import { type Call, route } from "#lib/http/route.ts";
import { signInAs, tokenResponse } from "#lib/http/sign-in.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/login", {
  POST: async (request, call) => {
    if (isForm(request)) {
      return answerForm("login", request, call, async ({ username, password, remember }) => {
        // An unchecked box sends nothing.
        const input = { username, password, remember: remember !== undefined };
        const { delivered } = await login(validate(input, loginSchema), request, call);
        return delivered;
      });
    }
    const input = await readBody(request, loginSchema);
    requireNoBrowser(request, input.refresh_token_delivery);
    const { session, user, delivered } = await login(input, request, call);
    const answer = await tokenResponse(session, user, call);
    return json({ ...answer, ...delivered.members }, 200, delivered.cookies);
  },
});

async function login(input: z.output<typeof loginSchema>, request: Request, call: Call) {
  const { config, now } = call;
  const user = await logIn(call, input, (userId) => {
    const [sealed] = readCookies(request.headers.get("cookie"), knownBrowserCookieName(config));
    return openKnownBrowser(sealed, userId, config.secrets, now);
  });
  if (!user) throw new Problem("invalid_credentials", "The username or the password is wrong.");
  const { remember, refresh_token_delivery: delivery } = input;
  const signedIn = await signInAs(call, user, request, { remember, delivery });
  call.subject = { userId: user.id, sessionId: signedIn.session.id };
  return { user, ...signedIn };
}
