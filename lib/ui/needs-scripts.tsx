import { Notice } from "./notice.tsx";

/** On the pages whose actions need an access token; the other forms can be posted without one. */
export function NeedsScripts() {
  return (
    <noscript>
      <Notice className="mb-8">
        Without JavaScript this page can only be read: what changes something here needs an access
        token, and a script to hold it.
      </Notice>
    </noscript>
  );
}
