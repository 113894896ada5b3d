/** How mail leaves: by SMTP, or, while developing without, into the mailbox at /dev/mail. */
import type { Config } from "#lib/config/index.ts";
import { deliverToDevelopmentMailbox } from "./development-mailbox.ts";
import type { Message } from "./email.ts";

export interface Transport {
  /** Rejects when the server has not taken it. `id` is the same for each try of one mail. */
  send(letter: Message, id: string): Promise<void>;
}

/** Milliseconds. Nobody waits for it, but a function that hangs costs money. */
const timeLimits = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 15_000 };

/** Undefined where there is nothing to send with. */
export function transportOf({ mail, appUrl }: Config): Transport | undefined {
  if (!mail) return undefined;
  if (mail.smtpUrl === undefined) return { send: deliverToDevelopmentMailbox };
  const { smtpUrl, from } = mail;
  return {
    async send(letter, id) {
      const { createTransport } = await import("nodemailer");
      const smtp = createTransport({ url: smtpUrl, ...timeLimits });
      try {
        await smtp.sendMail({
          ...letter,
          // An object, so that no part of an address is taken for a list of them.
          to: { name: "", address: letter.to },
          from,
          // The same for each try: a reader whose server took it twice sees it once (RFC 5322 §3.6.4).
          messageId: `<${id}@${new URL(appUrl).hostname}>`,
          // Nobody's holiday reply, please (RFC 3834 §5).
          headers: { "Auto-Submitted": "auto-generated" },
          disableFileAccess: true,
          disableUrlAccess: true,
        });
      } finally {
        smtp.close();
      }
    },
  };
}
