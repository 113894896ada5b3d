import type { z } from "zod";
import { resetPassword } from "#lib/auth/password/change.ts";
import { resetSchema } from "#lib/contract/schemas.ts";
import { isForm, readBody, validate } from "#lib/http/body.ts";
import { answerForm } from "#lib/http/form.ts";
import { deadLink, weakPassword } from "#lib/http/problem.ts";
import { type Call, route } from "#lib/http/route.ts";
import { issueDeviceCookie } from "#lib/http/sign-in.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/password/reset", {
  POST: async (request, call) => {
    if (isForm(request)) {
      return answerForm("reset-password", request, call, async ({ token, password }) => {
        const mark = await reset(validate({ token, password }, resetSchema), call);
        return { to: "/login?reason=password_reset", cookies: [mark] };
      });
    }
    const mark = await reset(await readBody(request, resetSchema), call);
    return new Response(null, { status: 204, headers: { "Set-Cookie": mark } });
  },
});

/**
 * Marks the browser as known: the marks that there were are void with the old password, and whoever
 * goes on guessing must not keep the owner from signing in with the new one.
 */
async function reset({ token, password }: z.output<typeof resetSchema>, call: Call) {
  const done = await resetPassword(call, token, password);
  switch (done.kind) {
    case "invalid_token":
      throw deadLink();
    case "weak_password":
      throw weakPassword(done.message);
    case "reset":
      call.subject = { userId: done.user.id };
      return issueDeviceCookie(call, done.user);
  }
}
