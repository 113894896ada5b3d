"use client";

import { useEffect, useState } from "react";
import type { Strength } from "./estimate-strength.ts";

/** Milliseconds without a keystroke, so that not every one interrupts a screen reader. */
const pause = 300;

const segments = [1, 2, 3, 4] as const;
const colors = { 1: "bg-danger", 2: "bg-line-strong", 3: "bg-accent", 4: "bg-accent" };

export interface Typed {
  password: string;
  /** The values of the form's other fields, which a password should not consist of. */
  own: string[];
}

/**
 * A hint only: it never prevents sending the form. Nothing is loaded before the first keystroke,
 * and without the word lists there is no hint.
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
      {/* There from the start: screen readers often skip a live region that appears with its text. */}
      <p aria-live="polite" className="mt-1.5 text-sm text-muted empty:mt-0">
        {strength?.sentence}
      </p>
    </>
  );
}
