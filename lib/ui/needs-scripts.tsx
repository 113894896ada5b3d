import { Notice } from "./notice.tsx";

/** For pages whose actions need an access token. All other forms work without scripts. */
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
