"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";

const pages = [
  { href: "/me", label: "Profile" },
  { href: "/me/email", label: "Email" },
  { href: "/me/password", label: "Password" },
  { href: "/sessions", label: "Devices" },
  { href: "/me/activity", label: "Activity" },
  { href: "/me/data", label: "Data" },
];

/** The account's settings pages. */
export function SettingsNav() {
  const pathname = usePathname();
  return (
    <nav aria-label="Settings" className="-mx-3 mb-8 sm:mx-0">
      <ul className="flex flex-wrap gap-x-1">
        {pages.map(({ href, label }) => (
          <li key={href}>
            <Link
              href={href}
              aria-current={pathname === href ? "page" : undefined}
              className="flex min-h-11 items-center rounded-full px-3 text-[0.9375rem] text-muted hover:bg-sunken sm:px-4 hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent-strong"
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
