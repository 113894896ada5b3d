import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { AuthProvider } from "#lib/client/auth-provider.tsx";
import { canSendEmail, config } from "#lib/config/index.ts";
import { getSession } from "#lib/server/session.ts";
import { appDescription, appName } from "#lib/site.ts";
import { CanMailProvider } from "#lib/ui/can-mail.tsx";
import { EventLogProvider } from "./(account)/ping/event-log.tsx";
import { SiteFooter } from "./site-footer.tsx";
import { SiteHeader } from "./site-header.tsx";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: appName, template: `%s · ${appName}` },
  description: appDescription,
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#161b1a" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const session = await getSession();
  // Null means signed out. Undefined means that this server cannot know: the client asks the API.
  const initialUser = session === null ? null : session?.user;
  return (
    <html lang="en">
      <body className="flex min-h-dvh flex-col">
        <a
          href="#main"
          className="sr-only z-10 rounded-lg bg-surface px-4 py-3 focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
        >
          Skip to the content
        </a>
        <AuthProvider initialUser={initialUser} apiHost={config().apiHost}>
          <CanMailProvider value={canSendEmail(config())}>
            <EventLogProvider>
              <SiteHeader />
              <main
                id="main"
                tabIndex={-1}
                className="mx-auto w-full max-w-5xl grow px-4 py-10 outline-none sm:px-6 sm:py-14"
              >
                {children}
              </main>
              <SiteFooter />
            </EventLogProvider>
          </CanMailProvider>
        </AuthProvider>
      </body>
    </html>
  );
}
