import { seeOther } from "#lib/http/action.ts";

/** Where password managers send people (W3C "A Well-Known URL for Changing Passwords"). */
export const GET = () => seeOther("/me/password");
