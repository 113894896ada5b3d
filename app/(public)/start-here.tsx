"use client";

import { useAuth } from "#lib/client/auth-provider.tsx";
import { buttonClass } from "#lib/ui/button.tsx";

/** The first steps from the home page, for visitors and for users. */
export function StartHere() {
  const { isAuthenticated } = useAuth();
  const [first, second] = isAuthenticated
    ? [
        { href: "/ping", label: "Open the session inspector" },
        { href: "/sessions", label: "Your devices" },
      ]
    : [
        { href: "/signup", label: "Make an account" },
        { href: "/login", label: "Log in" },
      ];
  return (
    <p className="flex flex-wrap gap-3">
      <a href={first.href} className={buttonClass("primary")}>
        {first.label}
      </a>
      <a href={second.href} className={buttonClass("secondary")}>
        {second.label}
      </a>
    </p>
  );
}
