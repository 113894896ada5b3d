import { logIn } from "#lib/auth/accounts.ts";
import { openKnownBrowser } from "#lib/auth/known-browser.ts";
import { loginSchema } from "#lib/auth/schemas.ts";
import { knownBrowserCookieName } from "#lib/http/auth-cookies.ts";
import { isForm, readBody, validate } from "#lib/http/body.ts";
import { readCookies } from "#lib/http/cookies.ts";
import { answerForm } from "#lib/http/form.ts";
import { json } from "#lib/http/json.ts";
import { Problem } from "#lib/http/problem.ts";
import { type Call, route } from "#lib/http/route.ts";
import { signInAs, tokenResponse } from "#lib/http/sign-in.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/login", {
  POST: async (request, call) => {
    if (isForm(request)) {
      return answerForm("login", request, call, async ({ username, password, remember }) => {
        // An unchecked box sends nothing.
        const input = { username, password, remember: remember !== undefined };
        return login(validate(input, loginSchema), request, call);
      });
    }
    const { session, user, cookies } = await login(
      await readBody(request, loginSchema),
      request,
      call,
    );
    return json(await tokenResponse(session, user, call), 200, cookies);
  },
});

async function login(
  input: { username: string; password: string; remember: boolean },
  request: Request,
  call: Call,
) {
  const { config, now } = call;
  const user = await logIn(call, input, (userId) => {
    const [sealed] = readCookies(request.headers.get("cookie"), knownBrowserCookieName(config));
    return openKnownBrowser(sealed, userId, config.secrets, now);
  });
  if (!user) throw new Problem("invalid_credentials", "The username or the password is wrong.");
  return { user, ...(await signInAs(user, input.remember, request, call)) };
}
