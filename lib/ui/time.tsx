"use client";

import { useEffect, useState } from "react";
import { dateTimeWords, dateWords, relativeWords } from "#lib/format.ts";
import { useHydrated } from "./use-hydrated.ts";

interface ExactTimeProps {
  /** ISO 8601. */
  at: string;
  show?: "date" | "time";
}

/** A date, or a date and time: in UTC in the server's HTML, then in the reader's time zone. */
export function ExactTime({ at, show = "time" }: ExactTimeProps) {
  const zone = useHydrated() ? undefined : "UTC";
  const words = show === "date" ? dateWords : dateTimeWords;
  return <time dateTime={at}>{words(Date.parse(at), zone)}</time>;
}

interface RelativeTimeProps {
  /** ISO 8601. */
  at: string;
  /** The server's time at rendering, in Unix milliseconds. */
  now: number;
}

/**
 * "5 minutes ago", with the exact time in the title. It ages with the time that the page has been
 * open, because the browser's clock may be wrong.
 */
export function RelativeTime({ at, now }: RelativeTimeProps) {
  const [age, setAge] = useState(0);
  useEffect(() => {
    const opened = performance.now();
    const timer = setInterval(() => setAge(performance.now() - opened), 30_000);
    return () => clearInterval(timer);
  }, []);
  const zone = useHydrated() ? undefined : "UTC";
  const time = Date.parse(at);
  return (
    <time dateTime={at} title={dateTimeWords(time, zone)}>
      {relativeWords(time, now + age)}
    </time>
  );
}
