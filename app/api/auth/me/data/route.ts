import { exportPersonalData } from "#lib/auth/account/export.ts";
import { confirmationSchema } from "#lib/contract/schemas.ts";
import { isForm, readBody, validate } from "#lib/http/body.ts";
import { answerForm } from "#lib/http/form.ts";
import { identify, requireRecentSignIn } from "#lib/http/identify.ts";
import { type Call, route } from "#lib/http/route.ts";
import { appSlug } from "#lib/site.ts";

/** Takes a recent sign-in. A POST, because what is in it is not for whoever can make a browser GET. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/me/data", {
  POST: async (request, call) => {
    if (isForm(request)) {
      return answerForm("data", request, call, (fields) => {
        const { current_password } = validate(fields, confirmationSchema);
        return download(current_password, request, call);
      });
    }
    const { current_password } = await readBody(request, confirmationSchema);
    return download(current_password, request, call);
  },
});

async function download(password: string | undefined, request: Request, call: Call) {
  const identified = await identify(request, call);
  await requireRecentSignIn(identified, call, password);
  const data = await exportPersonalData(call, identified);
  const name = `${appSlug}-${identified.user.username}.json`;
  return new Response(JSON.stringify(data, null, 2), {
    headers: {
      "Content-Type": "application/json",
      "Content-Disposition": `attachment; filename="${name}"`,
    },
  });
}
