"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { useAuth } from "#lib/client/auth-provider.tsx";
import type { SessionView } from "#lib/contract/schemas.ts";
import { readProblem } from "#lib/ui/form-problem.ts";
import { useSubmission } from "#lib/ui/forms/use-submission.ts";
import { Notice } from "#lib/ui/notice.tsx";
import { ConfirmDialog } from "./confirm-dialog.tsx";
import { Device } from "./device.tsx";

interface Listed {
  sessions: SessionView[];
  /** The time in Unix milliseconds when the list was made. */
  now: number;
}

/** Where the visitor is signed in: as the server has listed it, or else as the API does. */
export function DeviceList({ initial }: { initial: Listed | undefined }) {
  const auth = useAuth();
  const [listed, setListed] = useState(initial);
  const { problem, submit } = useSubmission();

  const load = useEffectEvent(() => {
    submit(async () => {
      const response = await auth.fetch("/api/auth/sessions");
      if (!response.ok) return readProblem(response);
      const { sessions }: { sessions: SessionView[] } = await response.json();
      setListed({ sessions, now: Date.now() });
      return null;
    });
  });
  useEffect(() => {
    if (!initial) load();
  }, [initial]);

  if (listed) return <Devices {...listed} />;
  if (!problem) return <p className="animate-appear text-muted">Looking for your devices…</p>;
  return (
    <Notice tone="danger" role="alert">
      {problem.detail}
    </Notice>
  );
}

function Devices({ sessions: initialSessions, now }: Listed) {
  const auth = useAuth();
  // This device first.
  const [sessions, setSessions] = useState(() =>
    initialSessions.toSorted((a, b) => Number(b.current) - Number(a.current)),
  );
  const [done, setDone] = useState("");
  const { problem, pending, submit } = useSubmission();
  const others = sessions.filter(({ current }) => !current).length;

  /** Asks the API, and says `success` when it has agreed. */
  function send(method: "POST" | "DELETE", path: string, success: (answer: Response) => unknown) {
    setDone("");
    submit(async () => {
      const response = await auth.fetch(path, { method });
      // Gone already is what was asked for.
      if (!response.ok && response.status !== 404) return readProblem(response);
      await success(response);
      return null;
    });
  }

  function signOut({ id, device }: SessionView) {
    send("DELETE", `/api/auth/sessions/${id}`, () => {
      setSessions((all) => all.filter((session) => session.id !== id));
      setDone(`${device} is signed out.`);
    });
  }

  function signOutOthers() {
    send("POST", "/api/auth/sessions/revoke-others", async (response) => {
      const { revoked }: { revoked: number } = await response.json();
      setSessions((all) => all.filter(({ current }) => current));
      setDone(
        revoked === 1
          ? "1 other device is signed out."
          : `${revoked} other devices are signed out.`,
      );
    });
  }

  function signOutEverywhere() {
    send("POST", "/api/auth/sessions/revoke-others", auth.logout);
  }

  return (
    <>
      <div role="status">
        {done && (
          <Notice tone="success" className="mb-5">
            {done}
          </Notice>
        )}
      </div>
      {problem && (
        <Notice tone="danger" role="alert" className="mb-5">
          {problem.detail}
        </Notice>
      )}
      <ul className="divide-y divide-line rounded-2xl border border-line bg-surface">
        {sessions.map((session) => (
          <Device
            key={session.id}
            session={session}
            now={now}
            busy={pending}
            onSignOut={() => signOut(session)}
          />
        ))}
      </ul>
      {others === 0 && <p className="mt-5 text-muted">You are signed in on this device only.</p>}
      <div className="mt-6 flex flex-wrap gap-3">
        {others > 0 && (
          <ConfirmDialog
            ask={others === 1 ? "Sign out the other device" : `Sign out ${others} other devices`}
            title="Sign out all other devices?"
            confirm="Sign them out"
            onConfirm={signOutOthers}
          >
            You stay signed in here. Everywhere else, the next request asks for the password.
          </ConfirmDialog>
        )}
        <ConfirmDialog
          ask="Sign out everywhere"
          variant="danger"
          title="Sign out everywhere?"
          confirm="Sign out everywhere"
          onConfirm={signOutEverywhere}
        >
          All your devices are signed out, this one too. To come back you need your password.
        </ConfirmDialog>
      </div>
    </>
  );
}
