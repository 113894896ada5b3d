import { revokeByToken } from "#lib/auth/revocation.ts";
import { clearedRefreshCookie, presentedToken } from "#lib/http/auth-cookies.ts";
import { isForm } from "#lib/http/body.ts";
import { seeOther } from "#lib/http/form.ts";
import { route } from "#lib/http/route.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/logout", {
  POST: async (request, call) => {
    const presented = await presentedToken(request.headers.get("cookie"), call.config);
    if (presented.kind === "token") {
      call.subject = { sessionId: presented.token.session };
      await revokeByToken(call, presented.token, "logout");
    }
    const cookie = clearedRefreshCookie(call.config);
    if (isForm(request)) return seeOther("/logged-out", [cookie]);
    return new Response(null, { status: 204, headers: { "Set-Cookie": cookie } });
  },
});
