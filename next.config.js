/** What every answer says to browsers; middleware.ts adds the pages' Content-Security-Policy. */
const everywhere = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  {
    key: "Permissions-Policy",
    value: "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
  },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
];

/** Two years; over plain http (localhost) browsers ignore it (RFC 6797 §8.1). */
const strictTransport = {
  key: "Strict-Transport-Security",
  value: "max-age=63072000; includeSubDomains",
};

/** Where mailed links lead. */
const mailedPages = [
  "/reset-password",
  "/verify-email",
  "/confirm-email",
  "/undo-email",
  "/login/link",
];

const production = process.env.NODE_ENV === "production";

/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  // `page.dev.tsx` is a page while developing, and nothing at all in production.
  pageExtensions: production ? ["tsx", "ts"] : ["dev.tsx", "tsx", "ts"],
  // Nothing here needs the image optimizer, and what does not run cannot be attacked.
  images: { unoptimized: true },
  headers: async () => [
    { source: "/:path*", headers: production ? [...everywhere, strictTransport] : everywhere },
    // Their addresses have a secret in them, which no other site shall be told. Not `no-referrer`:
    // with that, browsers post a form from `Origin: null`, which is refused (lib/http/origin.ts).
    ...mailedPages.map((source) => ({
      source,
      headers: [{ key: "Referrer-Policy", value: "same-origin" }],
    })),
    {
      source: "/api/:path*",
      headers: [
        { key: "Content-Security-Policy", value: "default-src 'none'; frame-ancestors 'none'" },
        { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
      ],
    },
  ],
};
