import { useEffect, useState } from "react";
import { useAuth } from "#lib/client/auth-provider.tsx";
import { type DecodedToken, decodeToken } from "./decode-token.ts";
import { useEventLog } from "./event-log.tsx";

export interface InspectedToken extends DecodedToken {
  /** Milliseconds on the monotonic clock. */
  expiresAt: number;
}

const received = new Set(["token_received", "signed_in"]);
const gone = new Set(["token_dropped", "signed_out"]);

/**
 * The access token in the client's memory, decoded; null while there is none. The token itself
 * reaches neither React's state nor the page.
 */
export function useInspectedToken(): InspectedToken | null {
  const { getToken } = useAuth();
  const { entries } = useEventLog();
  const [token, setToken] = useState<InspectedToken | null>(null);

  const latest = entries.find(({ event }) => received.has(event.type) || gone.has(event.type));
  const dropped = latest !== undefined && gone.has(latest.event.type);

  useEffect(() => {
    if (dropped) return;
    let current = true;
    getToken()
      .then(decodeToken)
      .then((decoded) => {
        const issued = latest?.monotonic ?? performance.now();
        if (current) setToken({ ...decoded, expiresAt: issued + decoded.lifetime * 1000 });
      })
      // The timeline shows why there is none.
      .catch(() => {});
    return () => {
      current = false;
    };
  }, [getToken, latest, dropped]);

  return dropped ? null : token;
}
