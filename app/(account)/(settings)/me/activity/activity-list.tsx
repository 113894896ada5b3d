"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { useAuth } from "#lib/client/auth-provider.tsx";
import type { ActivityView } from "#lib/contract/answers.ts";
import { auditRetention } from "#lib/contract/lifetimes.ts";
import { dateWords, durationWords } from "#lib/format.ts";
import { useSubmission } from "#lib/ui/forms/use-submission.ts";
import { Notice } from "#lib/ui/notice.tsx";
import { useHydrated } from "#lib/ui/use-hydrated.ts";
import { ActivityEvent } from "./activity-event.tsx";

/** What happened to the account: what the server rendered, or what the API returns. */
export function ActivityList({ initial }: { initial: ActivityView[] | undefined }) {
  const { request } = useAuth();
  const [events, setEvents] = useState(initial);
  const { problem, submit } = useSubmission();

  const load = useEffectEvent(() => {
    submit(async () => {
      const answer = await request<{ events: ActivityView[] }>("GET", "/api/auth/activity");
      setEvents(answer.events);
    });
  });
  useEffect(() => {
    if (!initial) load();
  }, [initial]);

  if (events) return <Days events={events} />;
  if (!problem) return <p className="animate-appear text-muted">Looking it up…</p>;
  return (
    <Notice tone="danger" role="alert">
      {problem.detail}
    </Notice>
  );
}

function Days({ events }: { events: ActivityView[] }) {
  const zone = useHydrated() ? undefined : "UTC";
  if (events.length === 0) {
    return (
      <p className="rounded-2xl border border-line border-dashed p-8 text-center text-muted">
        Nothing has happened in the last {durationWords(auditRetention)}.
      </p>
    );
  }
  const days = Map.groupBy(events, ({ at }) => dateWords(Date.parse(at), zone));
  return (
    <div className="space-y-8">
      {[...days].map(([day, ofDay]) => (
        <section key={day}>
          <h2 className="mb-3 font-medium text-muted text-sm tracking-normal">{day}</h2>
          <ol className="divide-y divide-line rounded-2xl border border-line bg-surface">
            {ofDay.map((event, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: events have no id and keep their order
              <ActivityEvent key={`${event.at} ${index}`} event={event} zone={zone} />
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}
