"use client";

import { useEffect, useState } from "react";
import { clockWords } from "#lib/format.ts";
import type { InspectedToken } from "./use-inspected-token.ts";

/** How much of the access token's lifetime is left. Its label gives the end, not the countdown. */
export function TokenRing({ token }: { token: InspectedToken | null }) {
  const left = useSecondsLeft(token?.expiresAt);
  const share = token ? Math.min(1, left / token.lifetime) : 0;
  return (
    <div className="relative mx-auto size-52">
      <svg viewBox="0 0 120 120" role="img" aria-label={label(token, left)} className="size-full">
        <g fill="none" strokeWidth="5" transform="rotate(-90 60 60)">
          <circle cx="60" cy="60" r="54" className="stroke-sunken" />
          <circle
            cx="60"
            cy="60"
            r="54"
            pathLength="1"
            strokeDasharray="1"
            strokeDashoffset={1 - share}
            className="stroke-accent transition-[stroke-dashoffset] duration-1000 ease-linear motion-reduce:transition-none"
          />
        </g>
      </svg>
      <div aria-hidden="true" className="absolute inset-0 grid place-content-center text-center">
        <span className="text-4xl font-semibold tracking-tight tabular-nums">
          {token ? minutes(left) : "–:––"}
        </span>
        <span className="mt-1 text-sm text-muted">{caption(token, left)}</span>
      </div>
    </div>
  );
}

/** Whole seconds until `expiresAt` (milliseconds on the monotonic clock), never below 0. */
function useSecondsLeft(expiresAt: number | undefined): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (expiresAt === undefined) return;
    const count = () => setLeft(Math.max(0, Math.ceil((expiresAt - performance.now()) / 1000)));
    count();
    const timer = setInterval(count, 1000);
    return () => clearInterval(timer);
  }, [expiresAt]);
  return left;
}

function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function caption(token: InspectedToken | null, left: number): string {
  if (!token) return "no token in memory";
  return left > 0 ? "until it expires" : "expired";
}

function label(token: InspectedToken | null, left: number): string {
  if (!token) return "No access token in memory";
  if (left === 0) return "The access token has expired";
  return `The access token expires at ${clockWords(Number(token.claims.exp) * 1000)}`;
}
