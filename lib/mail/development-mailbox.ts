/**
 * Where emails go in development without SMTP_URL: into this process, for /dev/mail to show. In
 * production neither the page exists nor anything that fills the mailbox.
 */
import { processWide } from "#lib/process-wide.ts";
import type { Message } from "./email.ts";

export interface ReceivedMessage extends Message {
  id: string;
  /** Unix milliseconds. */
  at: number;
}

const capacity = 50;

const mailbox = () =>
  processWide("development-mailbox", () => ({ messages: [] as ReceivedMessage[] }));

/** Returns the messages, the latest first. */
export function developmentMailbox(): readonly ReceivedMessage[] {
  return mailbox().messages;
}

export async function deliverToDevelopmentMailbox(message: Message, id: string): Promise<void> {
  const received = mailbox();
  received.messages = [{ ...message, id, at: Date.now() }, ...received.messages].slice(0, capacity);
  const [link = ""] = /https?:\/\/\S+/.exec(message.text) ?? [];
  console.log(`\nMail to ${message.to}: ${message.subject}\n${link}\n`);
}
