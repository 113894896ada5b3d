import type { Config } from "#lib/config/index.ts";

/** Returns the URL of one of our pages. Its origin is configured: an attacker can choose a Host. */
export function pageLink(
  { pagesUrl }: Pick<Config, "pagesUrl">,
  path: string,
  parameters: Record<string, string> = {},
): string {
  const url = new URL(path, pagesUrl);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
