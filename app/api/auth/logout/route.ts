import { revokeByToken } from "#lib/auth/session/revocation.ts";
import { seeOther } from "#lib/http/action.ts";
import { isForm } from "#lib/http/body.ts";
import { clearedRefreshCookies } from "#lib/http/delivery.ts";
import { route } from "#lib/http/route.ts";
import { readRefreshToken } from "#lib/http/visitor.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/logout", {
  POST: async (request, call) => {
    const presented = await readRefreshToken(request, call);
    if (presented.kind === "token") {
      call.subject = { sessionId: presented.token.session };
      await revokeByToken(call, presented.token, "logout");
    }
    const cookies = clearedRefreshCookies(call.config);
    if (isForm(request)) return seeOther("/logged-out", cookies);
    const headers = cookies.map((cookie): [string, string] => ["Set-Cookie", cookie]);
    return new Response(null, { status: 204, headers });
  },
});
