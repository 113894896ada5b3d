import { useSyncExternalStore } from "react";

const never = () => () => {};

/**
 * Whether React runs in the browser by now. False while the server renders and during hydration,
 * so that what only the browser knows (its time zone, that scripts work) never differs from the
 * server's HTML.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
