/** A real SMTP server on loopback that keeps what it receives, for as long as a test needs it. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

export interface ReceivedMail {
  to: string;
  from: string;
  subject: string;
  text: string;
  html: string;
  messageId: string;
}

export interface Smtp {
  /** For SMTP_URL. */
  url: string;
  mails: ReceivedMail[];
  /** Waits for the next mail to `to` that a test has not taken yet, and takes it. */
  take(to: string, subject?: RegExp): Promise<ReceivedMail>;
  close(): Promise<void>;
}

/** Milliseconds. Mail comes after the answer, and test machines may be slow. */
const patience = 20_000;

export async function startSmtp(port = 0): Promise<Smtp> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    async onData(stream, _session, done) {
      const {
        to,
        from,
        subject = "",
        text = "",
        html,
        messageId = "",
      } = await simpleParser(stream);
      const address = Array.isArray(to) ? to[0]?.text : to?.text;
      mails.push({
        to: address ?? "",
        from: from?.text ?? "",
        subject,
        text,
        html: html || "",
        messageId,
      });
      done();
    },
  });
  server.listen(port, "127.0.0.1");
  await once(server.server, "listening");
  const address = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    mails,
    async take(to, subject = /./) {
      for (const started = Date.now(); Date.now() - started < patience; ) {
        const index = mails.findIndex((mail) => mail.to === to && subject.test(mail.subject));
        const [mail] = index === -1 ? [] : mails.splice(index, 1);
        if (mail) return mail;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const had = mails.map((mail) => `${mail.to}: ${mail.subject}`).join("\n");
      throw new Error(`No mail to ${to} like ${subject} came; there were:\n${had}`);
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The link in a mail, as its reader follows it. */
export function linkIn({ text }: ReceivedMail): URL {
  const [link] = /https?:\/\/\S+/.exec(text) ?? [];
  if (!link) throw new Error(`There is no link in:\n${text}`);
  return new URL(link);
}

/** The token of a mail's link. */
export function tokenIn(mail: ReceivedMail): string {
  return linkIn(mail).searchParams.get("token") ?? "";
}

/** The six digits in a mail. */
export function codeIn({ text }: ReceivedMail): string {
  return /\b\d{6}\b/.exec(text)?.[0] ?? "";
}
