import type { z } from "zod";
import { changePassword } from "#lib/auth/password/change.ts";
import { passwordChangeSchema } from "#lib/contract/schemas.ts";
import { isForm, readBody, validate } from "#lib/http/body.ts";
import { answerForm } from "#lib/http/form.ts";
import { identify, wrongPassword } from "#lib/http/identify.ts";
import { weakPassword } from "#lib/http/problem.ts";
import { requireNoBrowser } from "#lib/http/refresh-delivery.ts";
import { type Call, route } from "#lib/http/route.ts";
import { renewSession, type SignedIn, signedInResponse } from "#lib/http/sign-in.ts";

/** Other sessions end; this browser goes on with a new one. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/password/change", {
  POST: async (request, call) => {
    if (isForm(request)) {
      return answerForm("password", request, call, async ({ current_password, password }) => {
        const input = validate({ current_password, password }, passwordChangeSchema);
        const { delivered } = await change(input, request, call);
        return { cookies: delivered.cookies, done: "changed" };
      });
    }
    const input = await readBody(request, passwordChangeSchema);
    requireNoBrowser(request, input.refresh_token_delivery);
    return signedInResponse(await change(input, request, call), call);
  },
});

async function change(
  input: z.output<typeof passwordChangeSchema>,
  request: Request,
  call: Call,
): Promise<SignedIn> {
  const { session, user } = await identify(request, call);
  const passwords = { current: input.current_password, next: input.password };
  const changed = await changePassword(call, user, passwords, (context, changedUser) =>
    renewSession(context, { session, user: changedUser }, request, input.refresh_token_delivery),
  );
  switch (changed.kind) {
    case "wrong_password":
      throw wrongPassword("current_password");
    case "weak_password":
      throw weakPassword(changed.message);
    case "changed":
      return changed.result;
  }
}
