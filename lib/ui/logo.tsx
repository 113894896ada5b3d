import { appName } from "#lib/site.ts";

/** A key whose bit forms an L, and the product's name. */
export function Logo() {
  return (
    <span className="flex items-center gap-2">
      <svg
        viewBox="0 0 24 24"
        aria-hidden="true"
        className="size-6 text-accent"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.25"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <circle cx="10" cy="6.5" r="4" />
        <path d="M10 10.5V21h6M10 16h4" />
      </svg>
      <span className="text-lg font-semibold tracking-tight">{appName}</span>
    </span>
  );
}
