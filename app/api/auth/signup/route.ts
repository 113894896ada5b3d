import { z } from "zod";
import { signUp } from "#lib/auth/account/sign-up.ts";
import type { SignUpOwner } from "#lib/auth/guard/sign-up-cookie.ts";
import { refusePassword } from "#lib/auth/password/policy.ts";
import type { Delivery } from "#lib/auth/session/refresh-token.ts";
import type { FieldError } from "#lib/contract/problems.ts";
import { signupSchema } from "#lib/contract/schemas.ts";
import { action } from "#lib/http/action.ts";
import type { Call } from "#lib/http/call.ts";
import {
  requireSignedIn,
  signedInCookies,
  signedInResponse,
  signUpCookieHeader,
} from "#lib/http/delivery.ts";
import { json } from "#lib/http/json.ts";
import { taken, weakPassword, wrongCredentials } from "#lib/http/problems.ts";
import { route } from "#lib/http/route.ts";
import { readVisitor } from "#lib/http/visitor.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/signup", {
  POST: action({
    form: "signup",
    schema: signupSchema,
    judge: judgePassword,
    run: async (input, call, request) => {
      // What the response needs is read before anything is written: an account without a response
      // is one whose owner finds the username taken.
      await call.keys.get(call.now);
      const { next, refresh_token_delivery: delivery } = input;
      const options = { remember: true, delivery, next };
      const result = await signUp(call, await readVisitor(request, call), input, options);
      switch (result.kind) {
        case "weak_password":
          throw weakPassword(result.message);
        case "username_taken":
        case "email_taken":
          throw taken(result.kind);
        case "verification_sent": {
          const cookies = await markBrowser(result.signUp, delivery, call);
          return { kind: "verification_sent", email: input.email, cookies } as const;
        }
        default: {
          const signedIn = requireSignedIn(result, wrongCredentials());
          return { ...signedIn, cookies: await markBrowser(signedIn.user, delivery, call) };
        }
      }
    },
    json: (result, call) =>
      result.kind === "signed_in"
        ? signedInResponse(result, call, { status: 201, cookies: result.cookies })
        : json({ verification_required: true, email: result.email }, 202, result.cookies),
    page: async (result, call) =>
      result.kind === "signed_in"
        ? { cookies: [...(await signedInCookies(result, call)), ...result.cookies] }
        : { done: "sent", on: "verify-email", cookies: result.cookies },
  }),
});

const text = z.string().catch("");
const typedSchema = z.object({ username: text, email: text, name: text, password: z.string() });

/** What is wrong with the password, beside a username or an address that is wrong already. */
async function judgePassword(value: unknown, { config }: Call): Promise<FieldError[]> {
  const typed = typedSchema.safeParse(value).data;
  // Without the look-up elsewhere, which only sign-ups that count against a limit may cause.
  const policy = { ...config, breachedPasswordsUrl: undefined };
  const message = typed && (await refusePassword(typed.password, typed, policy));
  return message === undefined ? [] : [{ path: "password", message }];
}

/** The cookie of the browser that signs up; none for a client that is no browser. */
async function markBrowser(owner: SignUpOwner, delivery: Delivery, call: Call): Promise<string[]> {
  return delivery === "cookie" ? [await signUpCookieHeader(owner, call)] : [];
}
