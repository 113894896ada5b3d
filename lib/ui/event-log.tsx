"use client";

import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useLayoutEffect,
  useState,
} from "react";
import type { AuthEvent } from "#lib/client/auth-client.ts";
import { useAuth } from "#lib/client/auth-provider.tsx";

/** What the page itself does, beside what the auth client tells. Durations are milliseconds. */
export type LoggedEvent = AuthEvent | { type: "api_called"; status: number; duration: number };

export interface LogEntry {
  id: number;
  event: LoggedEvent;
  /** Unix milliseconds on the browser's clock, to be read by people. */
  at: number;
  /** Milliseconds on the monotonic clock, to count from. */
  moment: number;
}

interface EventLog {
  /** The newest first. */
  entries: LogEntry[];
  record(event: LoggedEvent): void;
}

const EventLogContext = createContext<EventLog>({ entries: [], record: () => {} });

/**
 * Keeps what happens to the session for as long as the document lives, so that the session
 * inspector also knows of what happened on the pages before it.
 */
export function EventLogProvider({ children }: { children: ReactNode }) {
  const { subscribe } = useAuth();
  const [entries, setEntries] = useState<LogEntry[]>([]);

  const record = useCallback((event: LoggedEvent) => {
    const at = Date.now();
    const moment = performance.now();
    setEntries((old) => [{ id: old.length, event, at, moment }, ...old]);
  }, []);

  // A layout effect, to listen before the client starts and can have anything to tell.
  useLayoutEffect(() => subscribe((event) => event && record(event)), [subscribe, record]);

  return <EventLogContext value={{ entries, record }}>{children}</EventLogContext>;
}

export function useEventLog(): EventLog {
  return useContext(EventLogContext);
}
