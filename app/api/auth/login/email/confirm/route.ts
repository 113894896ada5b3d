import type { z } from "zod";
import { signInByMail } from "#lib/auth/email/sign-in.ts";
import { emailLoginSchema } from "#lib/contract/schemas.ts";
import { isForm, readBody, validate } from "#lib/http/body.ts";
import { answerForm } from "#lib/http/form.ts";
import { deadLink, requireEmailLogin } from "#lib/http/problem.ts";
import { requireNoBrowser } from "#lib/http/refresh-delivery.ts";
import { type Call, route } from "#lib/http/route.ts";
import { type SignedIn, signedInResponse, signInAs } from "#lib/http/sign-in.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route(
  "/api/auth/login/email/confirm",
  {
    POST: async (request, call) => {
      requireEmailLogin(call.config);
      if (isForm(request)) {
        return answerForm("login-link", request, call, async ({ remember, ...fields }) => {
          const input = { ...fields, remember: remember !== undefined };
          const { delivered } = await signIn(validate(input, emailLoginSchema), request, call);
          return { cookies: delivered.cookies };
        });
      }
      const input = await readBody(request, emailLoginSchema);
      requireNoBrowser(request, input.refresh_token_delivery);
      return signedInResponse(await signIn(input, request, call), call);
    },
  },
);

async function signIn(
  { presented, remember, refresh_token_delivery: delivery }: z.output<typeof emailLoginSchema>,
  request: Request,
  call: Call,
): Promise<SignedIn> {
  // RFC 8176: a one-time password, which is what a link comes to.
  const how = { remember, delivery, amr: ["otp"] };
  const signedIn = await signInByMail(call, presented, (context, user) =>
    signInAs(context, user, request, how),
  );
  if (!signedIn?.result) throw deadLink();
  return signedIn.result;
}
