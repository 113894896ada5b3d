import { useSyncExternalStore } from "react";

const never = () => () => {};

/**
 * Whether the page is hydrated. False on the server and during hydration, so that what only the
 * browser knows (its time zone, that scripts work) never contradicts the server's HTML.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
