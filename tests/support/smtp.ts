/** A real SMTP server on loopback that keeps what it receives, for as long as a test needs it. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";

export interface ReceivedMail {
  to: string;
  from: string;
  subject: string;
  text: string;
  html: string;
  messageId: string;
  /** Whom the envelope names: who really gets it. */
  recipients: string[];
}

export interface Smtp {
  /** For SMTP_URL. */
  url: string;
  /** What no test has taken yet; as in a mailbox, what comes twice is there once (Message-ID). */
  mails: ReceivedMail[];
  /** Everything that has ever come, each time that it came. */
  received: ReceivedMail[];
  /** Waits for the next mail to `to` that a test has not taken yet, and takes it. */
  take(to: string, subject?: RegExp): Promise<ReceivedMail>;
  /** Mail to `address` is read and not answered, until it is released. */
  hold(address: string): void;
  release(address: string): void;
  /** There is no such mailbox: 550 5.1.1. Answers how often it has been asked for. */
  refuse(address: string): () => number;
  close(): Promise<void>;
}

/** Milliseconds. Mail comes after the answer, and test machines may be slow. */
const patience = 20_000;

export async function startSmtp(port = 0): Promise<Smtp> {
  const mails: ReceivedMail[] = [];
  const received: ReceivedMail[] = [];
  const held = new Map<string, { until: Promise<void>; release: () => void }>();
  const refused = new Map<string, number>();
  async function receive(stream: SMTPServerDataStream, session: SMTPServerSession) {
    const parsed = await simpleParser(stream);
    const recipients = session.envelope.rcptTo.map(({ address }) => address);
    const address = Array.isArray(parsed.to) ? parsed.to[0]?.text : parsed.to?.text;
    const mail = {
      to: address ?? "",
      from: parsed.from?.text ?? "",
      subject: parsed.subject ?? "",
      text: parsed.text ?? "",
      html: parsed.html || "",
      messageId: parsed.messageId ?? "",
      recipients,
    };
    await held.get(mail.to)?.until;
    // A server whose clock is minutes ahead takes what another one is sending for forgotten.
    if (!received.some(({ messageId }) => messageId === mail.messageId)) mails.push(mail);
    received.push(mail);
  }

  const server = new SMTPServer({
    authOptional: true,
    closeTimeout: 500,
    disabledCommands: ["STARTTLS"],
    onRcptTo({ address }, _session, done) {
      const asked = refused.get(address);
      if (asked === undefined) return done();
      refused.set(address, asked + 1);
      done(Object.assign(new Error("5.1.1 No such mailbox"), { responseCode: 550 }));
    },
    onData(stream, session, done) {
      // A sender that has gone in the middle of its mail has not sent it.
      receive(stream, session).then(() => done(), done);
    },
  });
  // A client that hangs up is not this server's end.
  server.on("error", () => {});
  server.listen(port, "127.0.0.1");
  await once(server.server, "listening");
  const address = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    mails,
    received,
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
    hold(to) {
      let release = () => {};
      const until = new Promise<void>((resolve) => {
        release = resolve;
      });
      held.set(to, { until, release });
    },
    release(to) {
      held.get(to)?.release();
      held.delete(to);
    },
    refuse(to) {
      refused.set(to, 0);
      return () => refused.get(to) ?? 0;
    },
    close() {
      for (const { release } of held.values()) release();
      return new Promise((resolve) => server.close(() => resolve()));
    },
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
