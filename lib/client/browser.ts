/** What the client needs of a browser. Tests bring several, as tabs. */
export type Browser = Pick<
  typeof globalThis,
  "fetch" | "navigator" | "document" | "localStorage" | "location" | "addEventListener"
>;
