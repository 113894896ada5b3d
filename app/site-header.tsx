"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useAuth } from "#lib/client/auth-provider.tsx";
import { Avatar } from "#lib/ui/avatar.tsx";
import { buttonClass } from "#lib/ui/button.tsx";
import { Logo } from "#lib/ui/logo.tsx";
import { LogoutForm } from "./logout-form.tsx";

const pages = [
  { href: "/ping", label: "Session" },
  { href: "/sessions", label: "Devices" },
  { href: "/me", label: "Profile" },
];

/** Correct in the server's HTML already, and after a sign-in or sign-out in any tab. */
export function SiteHeader() {
  const { status, user } = useAuth();
  return (
    <header className="border-b border-line bg-surface">
      <div className="mx-auto flex max-w-5xl flex-wrap items-center gap-x-6 px-4 sm:px-6">
        {/* Only account pages use the router and its cache; plain links lead to all others. */}
        <a href="/" className="mr-auto flex min-h-16 items-center rounded-lg sm:mr-0">
          <Logo />
        </a>
        {user && <AccountPages />}
        <div className="flex min-h-16 items-center gap-2 sm:ml-auto">
          {user && (
            <>
              <Avatar user={user} size="small" />
              <span className="max-w-40 truncate text-[0.9375rem] max-lg:sr-only">
                <span className="sr-only">Signed in as </span>
                {user.username}
              </span>
              <LogoutForm />
            </>
          )}
          {status === "anonymous" && (
            <nav aria-label="Account" className="flex gap-2">
              <a href="/login" className={buttonClass("quiet")}>
                Log in
              </a>
              <a href="/signup" className={buttonClass("primary")}>
                Sign up
              </a>
            </nav>
          )}
        </div>
      </div>
    </header>
  );
}

/** "page" at `href` itself, "true" below it, as aria-current takes them. */
function isAt(pathname: string, href: string): "page" | "true" | undefined {
  if (pathname === href) return "page";
  return pathname.startsWith(`${href}/`) ? "true" : undefined;
}

function AccountPages() {
  const pathname = usePathname();
  return (
    <nav aria-label="Account" className="max-sm:order-last max-sm:w-full">
      <ul className="flex max-sm:-mx-3 max-sm:justify-between">
        {pages.map(({ href, label }) => (
          <li key={href}>
            <Link
              href={href}
              aria-current={isAt(pathname, href)}
              className="flex min-h-11 items-center px-3 text-[0.9375rem] text-muted hover:text-ink aria-[current]:font-medium aria-[current]:text-ink aria-[current]:shadow-[inset_0_-2px_var(--accent)] sm:min-h-16"
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
