import { buttonClass } from "./button.tsx";

/** Shown instead of a page whose session has ended, until the next document is loaded. */
export function SignedOutPanel() {
  return (
    <div className="animate-appear">
      <h1 className="text-3xl leading-tight">You are signed out</h1>
      <p className="mt-2 mb-6 max-w-prose leading-relaxed text-muted">
        Nothing of your account is left on this page. Should there be no connection just now, the
        server is told as soon as there is one.
      </p>
      <a href="/login" className={buttonClass("primary")}>
        Log in
      </a>
    </div>
  );
}
