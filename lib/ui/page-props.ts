/** What a page is given of its address. */
export interface PageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}
