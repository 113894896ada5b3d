"use client";

import { appName } from "#lib/site.ts";
import { Failure } from "#lib/ui/failure.tsx";
import { Logo } from "#lib/ui/logo.tsx";
import "./globals.css";

/** Replaces the root layout when that fails, for example without the database. */
export default function GlobalErrorPage() {
  return (
    <html lang="en">
      <body className="mx-auto max-w-5xl px-4 sm:px-6">
        <title>{`Something went wrong · ${appName}`}</title>
        <header className="flex min-h-16 items-center">
          <Logo />
        </header>
        <main className="py-14">
          <Failure />
        </main>
      </body>
    </html>
  );
}
