import type { ActivityView } from "#lib/contract/answers.ts";
import { timeWords } from "#lib/format.ts";
import { activityWords, alarming } from "./activity-words.ts";

interface ActivityEventProps {
  event: ActivityView;
  /** Undefined: the reader's own time zone. */
  zone: string | undefined;
}

/** One event in plain words, and where it came from. */
export function ActivityEvent({ event, zone }: ActivityEventProps) {
  const { at, type, device, ip, place } = event;
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5 px-4 py-3 sm:px-5">
      <span className={alarming.has(type) ? "font-medium text-danger" : "font-medium"}>
        {activityWords[type]}
      </span>
      <time dateTime={at} className="text-sm text-muted tabular-nums">
        {timeWords(Date.parse(at), zone)}
      </time>
      <span className="w-full text-sm text-muted">
        {[device, ip && `from ${ip}`, place && `(${place})`].filter(Boolean).join(" ")}
      </span>
    </li>
  );
}
