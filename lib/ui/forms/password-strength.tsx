"use client";

import { useEffect, useState } from "react";
import type { Strength } from "./estimate-strength.ts";

/** Milliseconds without a key, so that a screen reader is not interrupted at each one. */
const pause = 300;

const segments = [1, 2, 3, 4] as const;
const colors = { 1: "bg-danger", 2: "bg-line-strong", 3: "bg-accent", 4: "bg-accent" };

export interface Typed {
  password: string;
  /** What stands in the form's other fields, and nobody's password should be made of. */
  own: string[];
}

/**
 * A hint, and no more: it never keeps anyone from sending the form. Nothing is loaded before the
 * first key, and where loading fails there is no hint.
 */
export function PasswordStrength({ typed }: { typed: Typed }) {
  const [strength, setStrength] = useState<Strength | null>(null);
  useEffect(() => {
    if (!typed.password) {
      setStrength(null);
      return;
    }
    let overtaken = false;
    const show = async () => {
      const loaded = await import("./estimate-strength.ts").catch(() => null);
      if (loaded && !overtaken) setStrength(loaded.estimateStrength(typed.password, typed.own));
    };
    const timer = setTimeout(show, pause);
    return () => {
      overtaken = true;
      clearTimeout(timer);
    };
  }, [typed]);

  return (
    <>
      {strength && (
        <div aria-hidden className="mt-3 grid grid-cols-4 gap-1.5">
          {segments.map((segment) => (
            <span
              key={segment}
              className={`h-1 rounded-full ${segment <= strength.segments ? colors[strength.segments] : "bg-line"}`}
            />
          ))}
        </div>
      )}
      {/* There from the start: what appears together with its text is often not read out. */}
      <p aria-live="polite" className="mt-1.5 text-sm text-muted empty:mt-0">
        {strength?.sentence}
      </p>
    </>
  );
}
