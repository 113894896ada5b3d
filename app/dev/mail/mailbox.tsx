import type { ReceivedMessage } from "#lib/mail/development-mailbox.ts";
import { ExactTime } from "#lib/ui/time.tsx";

interface MailboxProps {
  messages: readonly ReceivedMessage[];
  shown: ReceivedMessage | undefined;
}

/** The list of messages, and one of them as its reader sees it: as HTML and as plain text. */
export function Mailbox({ messages, shown }: MailboxProps) {
  if (!shown) {
    return (
      <p className="rounded-2xl border border-line border-dashed p-8 text-center text-muted">
        No mail yet. Sign up, or ask for a new password.
      </p>
    );
  }
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[20rem_1fr]">
      <ul className="min-w-0 divide-y divide-line overflow-hidden rounded-2xl border border-line bg-surface">
        {messages.map(({ id, to, subject, at }) => (
          <li key={id}>
            <a
              href={`/dev/mail?id=${id}`}
              aria-current={id === shown.id ? "true" : undefined}
              className="block px-4 py-3 hover:bg-sunken aria-[current=true]:bg-accent-soft"
            >
              <span className="block truncate font-medium">{subject}</span>
              <span className="block truncate text-sm text-muted">
                {to}, <ExactTime at={new Date(at).toISOString()} />
              </span>
            </a>
          </li>
        ))}
      </ul>
      <div className="min-w-0 space-y-4">
        <iframe
          title={shown.subject}
          srcDoc={withLinksOutside(shown.html)}
          // Only its links work: no scripts, no forms.
          sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
          className="h-[34rem] w-full rounded-2xl border border-line"
        />
        <details>
          <summary className="min-h-11 content-center text-muted">As plain text</summary>
          <pre className="overflow-x-auto whitespace-pre-wrap rounded-2xl border border-line bg-surface p-5 text-sm">
            {shown.text}
          </pre>
        </details>
      </div>
    </div>
  );
}

/** Our pages refuse to be framed, so links open in the whole window. */
function withLinksOutside(html: string): string {
  return html.replace("<head>", '<head><base target="_top">');
}
