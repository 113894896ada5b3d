/** What the client needs of a browser. Tests pass several, as tabs. */
export type Browser = Pick<
  typeof globalThis,
  "fetch" | "navigator" | "document" | "localStorage" | "location" | "addEventListener"
>;
