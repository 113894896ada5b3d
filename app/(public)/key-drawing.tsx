/** The logo's key, drawn large. Decoration only. */
export function KeyDrawing() {
  return (
    <svg
      viewBox="0 0 240 320"
      aria-hidden="true"
      className="hidden h-80 shrink-0 text-accent md:block"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinejoin="round"
    >
      <g transform="rotate(18 120 160)">
        <circle cx="110" cy="86" r="58" className="fill-accent-soft" />
        <circle cx="110" cy="74" r="22" className="fill-canvas" />
        <path
          d="M99 143v145a8 8 0 0 0 8 8h55v-22h-41v-22h28v-22h-28v-87"
          className="fill-accent-soft"
        />
        <path d="M110 143v130" strokeOpacity="0.4" />
      </g>
    </svg>
  );
}
