/** Carries a page's path and query from the middleware to `requireSession`. Set anew on each request. */
export const pathHeader = "x-latchkey-path";
