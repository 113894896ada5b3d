import type { z } from "zod";
import { signUp } from "#lib/auth/account/sign-up.ts";
import { signupSchema } from "#lib/contract/schemas.ts";
import { isForm, readBody, validate } from "#lib/http/body.ts";
import { answerForm } from "#lib/http/form.ts";
import { json } from "#lib/http/json.ts";
import { Problem, weakPassword } from "#lib/http/problem.ts";
import { requireNoBrowser } from "#lib/http/refresh-delivery.ts";
import { type Call, route } from "#lib/http/route.ts";
import { openSession, type SignedIn, signedInResponse } from "#lib/http/sign-in.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/signup", {
  POST: async (request, call) => {
    if (isForm(request)) {
      return answerForm("signup", request, call, async ({ username, email, password, name }) => {
        const input = { username, email, password, name };
        const signedUp = await signup(validate(input, signupSchema), request, call);
        if (signedUp === "verification_sent") return { done: "sent", on: "verify-email" };
        return { cookies: signedUp.delivered.cookies };
      });
    }
    const input = await readBody(request, signupSchema);
    requireNoBrowser(request, input.refresh_token_delivery);
    const signedUp = await signup(input, request, call);
    if (signedUp === "verification_sent") {
      return json({ verification_required: true, email: input.email }, 202);
    }
    return signedInResponse(signedUp, call, 201);
  },
});

async function signup(
  input: z.output<typeof signupSchema>,
  request: Request,
  call: Call,
): Promise<SignedIn | "verification_sent"> {
  // What the answer needs, before anything is written: an account that was made and not answered
  // for is one whose owner finds their name taken.
  await call.keys.get(call.now);
  const how = { remember: true, delivery: input.refresh_token_delivery, amr: ["pwd"] };
  const signedUp = await signUp(call, input, (context, user) =>
    openSession(context, user, request, how),
  );
  switch (signedUp.kind) {
    case "weak_password":
      throw weakPassword(signedUp.message);
    case "taken": {
      const path = signedUp.what === "email_taken" ? "email" : "username";
      const message =
        path === "email"
          ? "There is an account with this email address already."
          : "This username is taken. Choose another one.";
      throw new Problem(signedUp.what, message, { errors: [{ path, message }] });
    }
    case "verification_sent":
      return "verification_sent";
    case "created":
      return signedUp.result;
  }
}
