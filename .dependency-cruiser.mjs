/** Which folder may import which: `npm test -- imports`. Imports of types count as well. */
import { builtinModules } from "node:module";

/** What Next.js calls. Nothing imports it. */
const top = ["app", "middleware.ts", "instrumentation.ts"];

/** From the bottom up: a layer imports what is below it. Rooms of one layer do not meet. */
const layers = [
  ["lib/contract"],
  ["lib/config", "lib/crypto"],
  ["lib/mail"],
  ["lib/auth"],
  ["lib/services.ts"],
  ["lib/http"],
  ["lib/server"],
];

/** These run in the browser, where of the server's side only the contract is known. */
const browser = ["lib/client", "lib/ui"];

/** The files at the root of lib stand alone, and all layers may import them. */
const leaf = "^lib/(?!services)[^/]+\\.tsx?$";
const leavesForBrowser = ["format", "protocol", "safe-next", "site"];

/** A feature is a folder of lib/auth. These are the core below the features. */
const core = "^lib/auth/((session|guard)/|[^/]+$)";

const project = ["db", "lib", ...top];
const nodeModules = `^(node:)?(${builtinModules.join("|")})$`;

const forbidden = [
  ...layers.flatMap((rooms, level) => rooms.map((room) => onlyBelow(room, level))),
  rule("db", "The database layer knows nothing of lib and app.", {
    from: path("db"),
    to: path("lib", ...top),
  }),
  rule("no-database", "Contract, configuration and cryptography do without a database.", {
    from: path("lib/contract", "lib/config", "lib/crypto"),
    to: path("db"),
  }),
  rule("leaf", "A file at the root of lib imports its like, the contract and configuration.", {
    from: { path: leaf },
    to: { ...path(...project), pathNot: [leaf, ...paths("lib/contract", "lib/config")] },
  }),
  rule("browser", "Code for the browser imports the contract and what is made for the browser.", {
    from: path(...browser, "lib/contract"),
    to: {
      ...path(...project),
      pathNot: [
        ...paths(...browser, "lib/contract"),
        ...paths(...leavesForBrowser.map((name) => `lib/${name}.ts`)),
      ],
    },
  }),
  rule("unknown-room", "A new folder of lib needs a place among the layers.", {
    from: { path: "^lib/[^/]+/", pathNot: paths(...layers.flat(), ...browser) },
    to: {},
  }),
  rule("core-knows-no-feature", "Features import the core; the core imports no feature.", {
    from: { path: core },
    to: { path: "^lib/auth/", pathNot: core },
  }),
  rule("no-framework", "The core is free of Next and React.", {
    from: path("db", "lib/auth", "lib/config", "lib/contract", "lib/crypto"),
    to: path("node_modules/(next|react|react-dom)"),
  }),
  rule("edge", "The middleware runs where there is no Node.js, and loads no zod and no database.", {
    from: path("middleware.ts"),
    to: { path: [nodeModules, ...paths("db", "node_modules/zod")], reachable: true },
  }),
  rule("no-circle", "Files do not import each other in a circle.", {
    from: {},
    to: { circular: true },
  }),
  {
    ...rule("no-circle-of-folders", "Folders of lib do not import each other in a circle.", {
      from: path("lib"),
      to: { circular: true },
    }),
    scope: "folder",
  },
  // An import that is not found would pass every other rule.
  rule("unresolved", "Every import names a file or an installed package.", {
    from: {},
    to: { couldNotResolve: true },
  }),
];

export default {
  forbidden,
  options: {
    // TypeScript 7 has no programming interface yet, so swc reads the sources.
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
    },
  },
};

function onlyBelow(room, level) {
  const others = [...layers.slice(level).flat(), ...browser, ...top];
  return rule(room, `${room} imports only what is below it.`, {
    from: path(room),
    to: path(...others.filter((other) => other !== room)),
  });
}

function rule(name, comment, { from, to }) {
  return { name, comment, severity: "error", from, to };
}

function path(...places) {
  return { path: paths(...places) };
}

function paths(...places) {
  return places.map((place) => `^${place}(/|$)`);
}
