import { createDeviceCookie } from "#lib/auth/guard/device-cookie.ts";
import { resetPassword } from "#lib/auth/password/reset.ts";
import { resetSchema } from "#lib/contract/schemas.ts";
import { action } from "#lib/http/action.ts";
import { deviceCookieHeader } from "#lib/http/delivery.ts";
import { linkInvalid, weakPassword } from "#lib/http/problems.ts";
import { route } from "#lib/http/route.ts";

/**
 * Gives the browser a device cookie: the old ones are void with the old password, and an attacker
 * who goes on guessing must not keep the owner from signing in with the new one.
 */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/password/reset", {
  POST: action({
    form: "reset-password",
    schema: resetSchema,
    run: async ({ token, password, next }, call) => {
      const result = await resetPassword(call, token, password);
      switch (result.kind) {
        case "link_invalid":
          throw linkInvalid();
        case "weak_password":
          throw weakPassword(result.message);
        case "reset":
          call.subject = { userId: result.user.id };
          return {
            cookie: await deviceCookieHeader(createDeviceCookie(result.user, call.now), call),
            next,
          };
      }
    },
    json: ({ cookie }) => new Response(null, { status: 204, headers: { "Set-Cookie": cookie } }),
    page: ({ cookie, next }) => ({
      to: `/login?${new URLSearchParams({ reason: "password_reset", ...(next && { next }) })}`,
      cookies: [cookie],
    }),
  }),
});
