import { Monitor, Smartphone, Tablet } from "lucide-react";
import type { SessionView } from "#lib/contract/answers.ts";
import { Badge } from "#lib/ui/badge.tsx";
import { Button } from "#lib/ui/button.tsx";
import { ExactTime, RelativeTime } from "#lib/ui/time.tsx";

interface DeviceProps {
  session: SessionView;
  now: number;
  busy: boolean;
  onSignOut(): void;
}

/** One session, in terms that its owner recognises. */
export function Device({ session, now, busy, onSignOut }: DeviceProps) {
  const Icon = deviceIcon(session.user_agent);
  return (
    <li className="flex gap-4 p-4 sm:p-5">
      <Icon size={22} strokeWidth={1.75} aria-hidden className="mt-0.5 shrink-0 text-muted" />
      <div className="flex min-w-0 grow flex-wrap items-center justify-between gap-x-4 gap-y-3">
        <div className="min-w-0">
          <h2 className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium tracking-normal">
            {session.device} {session.current && <Badge tone="accent">This device</Badge>}
          </h2>
          <p className="mt-0.5 text-sm leading-relaxed text-muted">
            Last used <RelativeTime at={session.last_used_at} now={now} />
            {session.ip && ` from ${session.ip}`}
            <span className="block">
              Signed in on <ExactTime at={session.created_at} />
            </span>
          </p>
        </div>
        {!session.current && (
          <Button variant="secondary" aria-disabled={busy} onClick={onSignOut}>
            Sign out<span className="sr-only"> {session.device}</span>
          </Button>
        )}
      </div>
    </li>
  );
}

/** The kind of device, as far as the User-Agent tells. An iPad claims to be a Mac. */
function deviceIcon(userAgent: string) {
  if (/iPad|Tablet|Android(?!.*Mobile)/i.test(userAgent)) return Tablet;
  if (/Mobi|iPhone|Android/i.test(userAgent)) return Smartphone;
  return Monitor;
}
