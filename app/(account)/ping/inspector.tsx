"use client";

import { useState } from "react";
import { readAnswer } from "#lib/client/auth-client.ts";
import { useAuth } from "#lib/client/auth-provider.tsx";
import { clockWords } from "#lib/format.ts";
import { Button } from "#lib/ui/button.tsx";
import { Card } from "#lib/ui/card.tsx";
import { useSubmission } from "#lib/ui/forms/use-submission.ts";
import { useHydrated } from "#lib/ui/use-hydrated.ts";
import { useEventLog } from "./event-log.tsx";
import { Timeline } from "./timeline.tsx";
import { TokenClaims } from "./token-claims.tsx";
import { TokenRing } from "./token-ring.tsx";
import { useInspectedToken } from "./use-inspected-token.ts";

export function SessionInspector() {
  const auth = useAuth();
  const token = useInspectedToken();
  const { record } = useEventLog();
  const { problem, pending, submit } = useSubmission();
  const [answer, setAnswer] = useState("");
  const hydrated = useHydrated();

  function callApi() {
    setAnswer("");
    submit(async () => {
      const started = performance.now();
      const response = await auth.fetch("/api/ping");
      const duration = performance.now() - started;
      record({ type: "api_called", status: response.status, duration });
      const { now } = await readAnswer<{ now: string }>(response);
      setAnswer(
        `${response.status} in ${Math.round(duration)} ms. On the server it is ${clockWords(Date.parse(now))}.`,
      );
    });
  }

  return (
    <div className="grid items-start gap-6 lg:grid-cols-2">
      <div className="grid gap-6">
        <Card>
          <h2 className="sr-only">Time left</h2>
          <TokenRing token={token} />
          <div className="mt-7 grid gap-3 sm:grid-cols-2">
            <Button aria-disabled={pending} disabled={!hydrated} onClick={callApi}>
              Call the API
            </Button>
            <Button variant="secondary" aria-disabled={!token} onClick={() => auth.dropToken()}>
              Let the token expire
            </Button>
          </div>
          <p role="status" className="mt-4 min-h-6 text-center text-[0.9375rem] text-muted">
            {answer || problem?.detail}
          </p>
        </Card>
        <Card>
          <h2 id="timeline" className="mb-2 text-lg">
            Timeline
          </h2>
          <Timeline />
        </Card>
      </div>
      <Card>
        <h2 className="mb-5 text-lg">Access token</h2>
        <TokenClaims token={token} />
      </Card>
    </div>
  );
}
