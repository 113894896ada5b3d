import type { Config } from "#lib/config/index.ts";

/** The address of one of our pages, from the configuration: a request's Host says nothing here. */
export function pageLink(
  { pagesUrl }: Pick<Config, "pagesUrl">,
  path: string,
  parameters: Record<string, string> = {},
): string {
  const url = new URL(path, pagesUrl);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
