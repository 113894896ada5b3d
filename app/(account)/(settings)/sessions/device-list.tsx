"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { AuthError } from "#lib/client/auth-client.ts";
import { useAuth } from "#lib/client/auth-provider.tsx";
import type { SessionView } from "#lib/contract/answers.ts";
import { useSubmission } from "#lib/ui/forms/use-submission.ts";
import { Notice } from "#lib/ui/notice.tsx";
import { ConfirmDialog } from "./confirm-dialog.tsx";
import { Device } from "./device.tsx";

interface Listed {
  sessions: SessionView[];
  /** When the list was created, in Unix milliseconds. */
  now: number;
}

/** Where the user is signed in: what the server rendered, or what the API returns. */
export function DeviceList({ initial }: { initial: Listed | undefined }) {
  const { request } = useAuth();
  const [listed, setListed] = useState(initial);
  const { problem, submit } = useSubmission();

  const load = useEffectEvent(() => {
    submit(async () => {
      const answer = await request<{ sessions: SessionView[] }>("GET", "/api/auth/sessions");
      setListed({ ...answer, now: Date.now() });
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
  const { request, logout } = useAuth();
  // This device first.
  const [sessions, setSessions] = useState(() =>
    initialSessions.toSorted((a, b) => Number(b.current) - Number(a.current)),
  );
  const [done, setDone] = useState("");
  const { problem, pending, submit } = useSubmission();
  const others = sessions.filter(({ current }) => !current).length;

  function start(task: () => Promise<void>) {
    setDone("");
    submit(task);
  }

  async function signOut({ id, device }: SessionView) {
    await request("DELETE", `/api/auth/sessions/${id}`).catch(ignoreNotFound);
    setSessions((all) => all.filter((session) => session.id !== id));
    setDone(`${device} is signed out.`);
  }

  const revokeOthers = () =>
    request<{ revoked: number }>("POST", "/api/auth/sessions/revoke-others");

  async function signOutOthers() {
    const { revoked } = await revokeOthers();
    setSessions((all) => all.filter(({ current }) => current));
    setDone(
      revoked === 1 ? "1 other device is signed out." : `${revoked} other devices are signed out.`,
    );
  }

  async function signOutEverywhere() {
    await revokeOthers();
    await logout();
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
            onSignOut={() => start(() => signOut(session))}
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
            onConfirm={() => start(signOutOthers)}
          >
            You stay signed in here. Everywhere else, the next request asks for the password.
          </ConfirmDialog>
        )}
        <ConfirmDialog
          ask="Sign out everywhere"
          variant="danger"
          title="Sign out everywhere?"
          confirm="Sign out everywhere"
          onConfirm={() => start(signOutEverywhere)}
        >
          All your devices are signed out, this one too. To come back you need your password.
        </ConfirmDialog>
      </div>
    </>
  );
}

/** A session that is over already needs no sign-out. */
function ignoreNotFound(error: unknown) {
  if (!(error instanceof AuthError && error.status === 404)) throw error;
}
