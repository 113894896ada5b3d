"use client";

import { Failure } from "#lib/ui/failure.tsx";
import { Logo } from "#lib/ui/logo.tsx";
import "./globals.css";

/** Shown when the root layout fails, for example because the database does not answer. */
export default function GlobalErrorPage() {
  return (
    <html lang="en">
      <body className="mx-auto max-w-5xl px-4 sm:px-6">
        <title>Something went wrong · Latchkey</title>
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
