import { reauthenticate } from "#lib/auth/password/reauthenticate.ts";
import { reauthenticateSchema } from "#lib/contract/schemas.ts";
import { action } from "#lib/http/action.ts";
import { requireSignedIn, signedInResponse } from "#lib/http/delivery.ts";
import { identify } from "#lib/http/identify.ts";
import { wrongPassword } from "#lib/http/problems.ts";
import { route } from "#lib/http/route.ts";
import { readVisitor } from "#lib/http/visitor.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/reauthenticate", {
  POST: action({
    schema: reauthenticateSchema,
    run: async ({ password, refresh_token_delivery: delivery }, call, request) => {
      const owner = await identify(request, call);
      const visitor = await readVisitor(request, call);
      const result = await reauthenticate(call, visitor, owner, { password, delivery });
      if (result.kind === "wrong_password") throw wrongPassword("password");
      return requireSignedIn(result, wrongPassword("password"));
    },
    json: signedInResponse,
  }),
});
