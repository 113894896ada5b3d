import type { z } from "zod";
import { logIn } from "#lib/auth/password/sign-in.ts";
import { loginSchema } from "#lib/contract/schemas.ts";
import { isForm, readBody, validate } from "#lib/http/body.ts";
import { answerForm } from "#lib/http/form.ts";
import { Problem } from "#lib/http/problem.ts";
import { requireNoBrowser } from "#lib/http/refresh-delivery.ts";
import { type Call, route } from "#lib/http/route.ts";
import { readDeviceCookie, type SignedIn, signedInResponse, signInAs } from "#lib/http/sign-in.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/login", {
  POST: async (request, call) => {
    if (isForm(request)) {
      return answerForm("login", request, call, async ({ username, password, remember }) => {
        // An unchecked box sends nothing.
        const input = { username, password, remember: remember !== undefined };
        const { delivered } = await login(validate(input, loginSchema), request, call);
        return { cookies: delivered.cookies };
      });
    }
    const input = await readBody(request, loginSchema);
    requireNoBrowser(request, input.refresh_token_delivery);
    return signedInResponse(await login(input, request, call), call);
  },
});

async function login(
  input: z.output<typeof loginSchema>,
  request: Request,
  call: Call,
): Promise<SignedIn> {
  const { remember, refresh_token_delivery: delivery } = input;
  const proof = await logIn(call, input, (user) => readDeviceCookie(request, user, call));
  const wrong = new Problem("invalid_credentials", "The username or the password is wrong.");
  switch (proof.kind) {
    case "invalid_credentials":
      throw wrong;
    case "captcha_required":
      throw new Problem("captcha_required", "Show that you are no robot, and log in again.");
    case "email_not_verified":
      throw new Problem(
        "email_not_verified",
        "Your email address is not confirmed yet. Follow the link in the mail that we have sent you.",
      );
    case "proved": {
      const signedIn = await signInAs(call, proof.user, request, {
        remember,
        delivery,
        amr: ["pwd"],
      });
      if (!signedIn) throw wrong;
      return signedIn;
    }
  }
}
