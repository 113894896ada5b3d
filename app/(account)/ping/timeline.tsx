"use client";

import { clockWords } from "#lib/format.ts";
import { Badge } from "#lib/ui/badge.tsx";
import { type LoggedEvent, useEventLog } from "./event-log.tsx";

const shown = 20;

/** What happened to the session since the document was loaded, in this tab and in others. */
export function Timeline() {
  const { entries } = useEventLog();
  return (
    <div role="log" aria-labelledby="timeline">
      {entries.length === 0 ? (
        <p className="py-3 text-muted">Nothing yet.</p>
      ) : (
        <ol reversed className="divide-y divide-line">
          {entries.slice(0, shown).map(({ id, event, at }) => (
            <li key={id} className="flex items-start gap-3 py-3 text-[0.9375rem]">
              <time
                dateTime={new Date(at).toISOString()}
                className="shrink-0 font-mono text-sm leading-6 text-muted tabular-nums"
              >
                {clockWords(at)}
              </time>
              <span className="min-w-0 grow leading-6">{inWords(event)}</span>
              <Badge tone={isElsewhere(event) ? "accent" : "neutral"}>
                {isElsewhere(event) ? "another tab" : "this tab"}
              </Badge>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function isElsewhere(event: LoggedEvent): boolean {
  return "tab" in event && event.tab === "other";
}

function inWords(event: LoggedEvent): string {
  switch (event.type) {
    case "signed_in":
      return "Signed in";
    case "signed_out":
      return event.code ? `Signed out: ${event.code}` : "Signed out";
    case "refresh_started":
      return "Asked for an access token";
    case "token_received":
      return event.tab === "this" ? "Received an access token" : "Shared its access token";
    case "token_dropped":
      return "Forgot the access token";
    case "refresh_failed":
      return `Got no access token: ${event.code ?? "no answer"}`;
    case "api_called":
      return `Called the API: ${event.status} in ${Math.round(event.duration)} ms`;
  }
}
