import type { TokenResponse, User } from "#lib/contract/answers.ts";
import type { Send } from "./api.ts";
import type { Browser } from "./browser.ts";
import { requireCookies, requireKeptCookie } from "./kept-cookie.ts";
import type { Lock } from "./lock.ts";
import type { PendingLogout } from "./pending-logout.ts";
import type { SharedSession } from "./shared-session.ts";

/** The account exists, and an email says how to go on. Nobody is signed in yet. */
export interface VerificationRequired {
  verification_required: true;
  email: string;
}

/**
 * Posts a proof of identity to `/api/auth/{path}`. An answer with a token signs its user in; any
 * other answer says what is left to do.
 */
type SignIn = <Result extends User | VerificationRequired>(
  path: string,
  proof: object,
) => Promise<Result>;

export function createSignIn(
  session: SharedSession,
  lock: Lock,
  send: Send,
  pendingLogout: PendingLogout,
  browser: Browser,
  apiHost: string,
): SignIn {
  return <Result extends User | VerificationRequired>(path: string, proof: object) =>
    lock(async () => {
      if (!apiHost) requireCookies(browser);
      const { epoch } = session.read();
      const answer = await send<TokenResponse | VerificationRequired>(
        "POST",
        `/api/auth/${path}`,
        proof,
      );
      if (!("access_token" in answer)) return answer as Result;
      if (apiHost) await requireKeptCookie(send, apiHost);
      // A sign-out since then means this session too: its logout is about to be sent.
      const signedOutMeanwhile = session.read().epoch !== epoch && pendingLogout.isPending();
      if (!signedOutMeanwhile) session.share({ type: "signed_in", answer });
      return answer.user as Result;
    });
}
