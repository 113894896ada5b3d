/** Request header: the page's path and query, which the middleware passes to `requireSession`. */
export const pathHeader = "x-latchkey-path";
