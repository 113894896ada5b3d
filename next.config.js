/** Headers of every response. Pages get their Content-Security-Policy from middleware.ts. */
const everywhere = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  {
    key: "Permissions-Policy",
    value: "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
  },
];

/** Two years. Browsers ignore it over plain http, as on localhost (RFC 6797 §8.1). */
const strictTransport = {
  key: "Strict-Transport-Security",
  value: "max-age=63072000; includeSubDomains",
};

/** Browsers ignore it over plain http, and complain: as on a phone that sees a development server. */
const openerPolicy = { key: "Cross-Origin-Opener-Policy", value: "same-origin" };

const noContent = {
  key: "Content-Security-Policy",
  value: "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

/** What the middleware passes by: files that everybody may have. The API is below. */
const files = [
  "/icon.svg",
  "/_next/static/:path*",
  "/.well-known/:file(jwks\\.json|change-password)",
];

/** The pages that links in emails lead to. */
const emailedPages = [
  "/reset-password",
  "/verify-email",
  "/confirm-email",
  "/undo-email",
  "/login/link",
];

const production = process.env.NODE_ENV === "production";

/** As the Dockerfile builds it: a folder with the server and what it needs, and no npm. */
const standalone = process.env.NEXT_OUTPUT === "standalone";

/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  ...(standalone && {
    output: "standalone",
    // Next does not see its import (db/engines/sqlite/client.ts), so that no function on Vercel has it.
    outputFileTracingIncludes: {
      "/*": ["package.json", "lib/**", `prebuilds/${process.platform}*-${process.arch}.node`].map(
        (file) => `node_modules/better-sqlite3/${file}`,
      ),
    },
  }),
  // For lib/server/start-up.ts. Next writes the value into the build.
  env: { MIGRATE_AT_START: standalone ? "yes" : "no" },
  // Next's development server refuses its scripts to pages of other hosts. `npm run dev` names those
  // at which other devices see it.
  allowedDevOrigins: ["127.0.0.1", ...(process.env.DEVELOPMENT_HOSTS ?? "").split(",")].filter(
    Boolean,
  ),
  // `page.dev.tsx` is a page in development only.
  pageExtensions: production ? ["tsx", "ts"] : ["dev.tsx", "tsx", "ts"],
  // No page needs the image optimizer, and an attacker cannot use what does not run.
  images: { unoptimized: true },
  headers: async () => [
    {
      source: "/:path*",
      headers: production ? [...everywhere, strictTransport, openerPolicy] : everywhere,
    },
    // Their URLs contain a secret, which must not reach another site. With `no-referrer` browsers
    // would send `Origin: null` with a form, and lib/http/origin.ts would depend on Fetch Metadata.
    ...emailedPages.map((source) => ({
      source,
      headers: [{ key: "Referrer-Policy", value: "same-origin" }],
    })),
    {
      source: "/api/:path*",
      headers: [noContent, { key: "Cross-Origin-Resource-Policy", value: "same-origin" }],
    },
    ...files.map((source) => ({ source, headers: [noContent] })),
  ],
};
