import { exportData } from "#lib/auth/account/export.ts";
import { confirmationSchema } from "#lib/contract/schemas.ts";
import { action } from "#lib/http/action.ts";
import { attachment } from "#lib/http/attachment.ts";
import { identifyRecent } from "#lib/http/identify.ts";
import { route } from "#lib/http/route.ts";
import { streamOf } from "#lib/http/stream.ts";
import { appSlug } from "#lib/site.ts";

/** Takes a recent sign-in, and a POST: a foreign page can make a browser send a GET. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/me/data", {
  POST: action({
    form: "data",
    schema: confirmationSchema,
    run: async (input, call, request) => {
      const identified = await identifyRecent(request, call, input);
      const data = await exportData(call, identified);
      return { data, name: `${appSlug}-${identified.user.username}.json` };
    },
    json: download,
    page: download,
  }),
});

function download({ data, name }: { data: AsyncIterable<string>; name: string }): Response {
  return new Response(streamOf(data), {
    headers: {
      "Content-Type": "application/json",
      "Content-Disposition": attachment(name),
    },
  });
}
