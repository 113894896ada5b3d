import { signUp } from "#lib/auth/accounts.ts";
import { signupSchema } from "#lib/auth/schemas.ts";
import { isForm, readBody, validate } from "#lib/http/body.ts";
import { answerForm } from "#lib/http/form.ts";
import { json } from "#lib/http/json.ts";
import { Problem } from "#lib/http/problem.ts";
import { type Call, route } from "#lib/http/route.ts";
import { signInAs, tokenResponse } from "#lib/http/sign-in.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/signup", {
  POST: async (request, call) => {
    if (isForm(request)) {
      return answerForm("signup", request, call, (fields) =>
        signup(validate(fields, signupSchema), request, call),
      );
    }
    const { session, user, cookies } = await signup(
      await readBody(request, signupSchema),
      request,
      call,
    );
    return json(await tokenResponse(session, user, call), 201, cookies);
  },
});

async function signup(
  input: { username: string; email: string; password: string; name: string },
  request: Request,
  call: Call,
) {
  const signedUp = await signUp(call, input);
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
      const { user } = signedUp;
      return { user, ...(await signInAs(user, true, request, call)) };
    }
  }
}
