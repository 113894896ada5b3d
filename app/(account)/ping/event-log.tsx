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

/** An event of the auth client, or a call that the page made. `duration` is milliseconds. */
export type LoggedEvent = AuthEvent | { type: "api_called"; status: number; duration: number };

export interface LogEntry {
  id: number;
  event: LoggedEvent;
  /** Unix milliseconds on the browser's clock, for display. */
  at: number;
  /** Milliseconds on the monotonic clock, for arithmetic. */
  monotonic: number;
}

interface EventLog {
  /** Newest first. */
  entries: LogEntry[];
  record(event: LoggedEvent): void;
}

const EventLogContext = createContext<EventLog>({ entries: [], record: () => {} });

/**
 * Records the session's events for as long as the document lives. It belongs in the root layout, so
 * that the session inspector also shows what happened on the pages before it.
 */
export function EventLogProvider({ children }: { children: ReactNode }) {
  const { subscribe } = useAuth();
  const [entries, setEntries] = useState<LogEntry[]>([]);

  const record = useCallback((event: LoggedEvent) => {
    const at = Date.now();
    const monotonic = performance.now();
    setEntries((old) => [{ id: old.length, event, at, monotonic }, ...old]);
  }, []);

  // A layout effect runs before the client starts, so that no event is missed.
  useLayoutEffect(() => subscribe((event) => event && record(event)), [subscribe, record]);

  return <EventLogContext value={{ entries, record }}>{children}</EventLogContext>;
}

export function useEventLog(): EventLog {
  return useContext(EventLogContext);
}
