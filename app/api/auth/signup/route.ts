import type { z } from "zod";
import { signUp } from "#lib/auth/accounts.ts";
import { signupSchema } from "#lib/auth/schemas.ts";
import { isForm, readBody, validate } from "#lib/http/body.ts";
import { answerForm } from "#lib/http/form.ts";
import { json } from "#lib/http/json.ts";
import { Problem } from "#lib/http/problem.ts";
import { requireNoBrowser } from "#lib/http/refresh-delivery.ts";
import { type Call, route } from "#lib/http/route.ts";
import { signInAs, tokenResponse } from "#lib/http/sign-in.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/signup", {
  POST: async (request, call) => {
    if (isForm(request)) {
      return answerForm("signup", request, call, async ({ username, email, password, name }) => {
        const input = { username, email, password, name };
        const { delivered } = await signup(validate(input, signupSchema), request, call);
        return delivered;
      });
    }
    const input = await readBody(request, signupSchema);
    requireNoBrowser(request, input.refresh_token_delivery);
    const { session, user, delivered } = await signup(input, request, call);
    const answer = await tokenResponse(session, user, call);
    return json({ ...answer, ...delivered.members }, 201, delivered.cookies);
  },
});

async function signup(input: z.output<typeof signupSchema>, request: Request, call: Call) {
  // What the answer needs, before anything is written: an account that was made and not answered
  // for is one whose owner finds their name taken.
  await call.keys.get(call.now);
  const how = { remember: true, delivery: input.refresh_token_delivery };
  const signedUp = await signUp(call, input, (context, user) =>
    signInAs(context, user, request, how),
  );
  switch (signedUp.kind) {
    case "weak_password":
      throw new Problem("validation_failed", "Choose another password.", {
        errors: [{ path: "password", message: signedUp.message }],
      });
    case "taken": {
      const path = signedUp.what === "email_taken" ? "email" : "username";
      const message =
        path === "email"
          ? "There is an account with this email address already."
          : "This username is taken. Choose another one.";
      throw new Problem(signedUp.what, message, { errors: [{ path, message }] });
    }
    case "created": {
      const { user, result } = signedUp;
      call.subject = { userId: user.id, sessionId: result.session.id };
      return { user, ...result };
    }
  }
}
