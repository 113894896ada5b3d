/** A real SMTP server on loopback, without STARTTLS, that keeps what it receives. */
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
  /** The recipients in the envelope, who are the ones that get the email. */
  recipients: string[];
}

export interface Smtp {
  /** The value for SMTP_URL. */
  url: string;
  /** Emails that no test has taken yet. One that arrives twice (by Message-ID) is here once. */
  mails: ReceivedMail[];
  /** The usernames of every AUTH command, whose passwords travelled in the clear. */
  authentications: string[];
  /** Every email that has arrived, repeats included. */
  received: ReceivedMail[];
  /** Waits for the next email to `to` that no test has taken yet, and takes it. */
  take(to: string, subject?: RegExp): Promise<ReceivedMail>;
  /** Reads email to `address` but does not acknowledge it until `release`. */
  hold(address: string): void;
  release(address: string): void;
  /** Refuses email to `address` with 550 5.1.1. The function returned counts the attempts. */
  refuse(address: string): () => number;
  close(): Promise<void>;
}

/** Milliseconds. Email is sent after the response, and test machines may be slow. */
const patience = 20_000;

export async function startSmtp(port = 0): Promise<Smtp> {
  const mails: ReceivedMail[] = [];
  const received: ReceivedMail[] = [];
  const authentications: string[] = [];
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
    // A server whose clock is minutes ahead sends again what another one is still sending.
    if (!received.some(({ messageId }) => messageId === mail.messageId)) mails.push(mail);
    received.push(mail);
  }

  const server = new SMTPServer({
    authOptional: true,
    closeTimeout: 500,
    disabledCommands: ["STARTTLS"],
    onAuth({ username = "" }, _session, done) {
      authentications.push(username);
      done(null, { user: username });
    },
    onRcptTo({ address }, _session, done) {
      const asked = refused.get(address);
      if (asked === undefined) return done();
      refused.set(address, asked + 1);
      done(Object.assign(new Error("5.1.1 No such mailbox"), { responseCode: 550 }));
    },
    onData(stream, session, done) {
      // An email whose sender disconnects halfway has not been sent.
      receive(stream, session).then(() => done(), done);
    },
  });
  // A client that hangs up must not end this server.
  server.on("error", () => {});
  server.listen(port, "127.0.0.1");
  await once(server.server, "listening");
  const address = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    mails,
    authentications,
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

/** Returns the first link in an email. */
export function linkIn({ text }: ReceivedMail): URL {
  const [link] = /https?:\/\/\S+/.exec(text) ?? [];
  if (!link) throw new Error(`There is no link in:\n${text}`);
  return new URL(link);
}

/** Returns the token in an email's link. */
export function tokenIn(mail: ReceivedMail): string {
  return linkIn(mail).searchParams.get("token") ?? "";
}

/** Returns the six-digit code in an email, or "". */
export function codeIn({ text }: ReceivedMail): string {
  return /\b\d{6}\b/.exec(text)?.[0] ?? "";
}
