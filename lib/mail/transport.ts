/** How emails leave: by SMTP or, in development without SMTP_URL, into the mailbox at /dev/mail. */
import { type Config, isLoopback } from "#lib/config/index.ts";
import { deliverToDevelopmentMailbox } from "./development-mailbox.ts";
import type { Message } from "./email.ts";

export interface Transport {
  /** Rejects unless the server has taken the message. `id` is the same for each try of an email. */
  send(message: Message, id: string): Promise<void>;
}

/** Milliseconds. No visitor waits for SMTP, but a serverless function that hangs costs money. */
const timeouts = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 15_000 };

/** Returns undefined where emails cannot be sent. */
export function transportOf({
  mail,
  appUrl,
}: Pick<Config, "mail" | "appUrl">): Transport | undefined {
  if (!mail) return undefined;
  if (mail.smtpUrl === undefined) return { send: deliverToDevelopmentMailbox };
  const { smtpUrl, from } = mail;
  const url = withTls(smtpUrl);
  return {
    async send(message, id) {
      const { createTransport } = await import("nodemailer");
      const smtp = createTransport({ url, ...timeouts });
      try {
        await smtp.sendMail({
          ...message,
          // As an object: a string would be parsed as a list of addresses.
          to: { name: "", address: message.to },
          from,
          // The same for each try, so that a reader's program can drop duplicates (RFC 5322 §3.6.4).
          messageId: `<${id}@${new URL(appUrl).hostname}>`,
          // Asks for no automatic replies (RFC 3834 §5).
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

/**
 * An attacker on the network can strip a server's offer of STARTTLS (RFC 3207 §6). Every reset link
 * would then travel in the clear, and our password, so a host elsewhere gets nothing without it. In
 * the URL, because there nodemailer takes what is said over the other options.
 */
function withTls(smtpUrl: string): string {
  if (isLoopback(smtpUrl)) return smtpUrl;
  const url = new URL(smtpUrl);
  url.searchParams.set("requireTLS", "true");
  return url.href;
}
