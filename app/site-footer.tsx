import { appName, appTagline } from "#lib/site.ts";

const link = "inline-flex min-h-11 items-center underline-offset-4 hover:text-ink hover:underline";

export function SiteFooter() {
  return (
    <footer className="border-t border-line">
      <div className="mx-auto flex max-w-5xl flex-wrap items-center justify-between gap-x-6 px-4 py-4 text-sm text-muted sm:px-6">
        <p>{`${appName}, ${appTagline}`}</p>
        <p className="flex gap-6">
          <a href="/.well-known/jwks.json" className={link}>
            Public keys
          </a>
          <a href="/api/health" className={link}>
            Status
          </a>
        </p>
      </div>
    </footer>
  );
}
