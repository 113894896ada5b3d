/** What Next passes to a page. */
export interface PageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}
