/**
 * Where mail goes while nobody has set SMTP_URL: into this process, for /dev/mail to show. In
 * production neither the page nor anything that could fill the mailbox exists.
 */
import { processWide } from "#lib/process-wide.ts";
import type { Message } from "./email.ts";

export interface KeptMessage extends Message {
  id: string;
  /** Unix milliseconds. */
  at: number;
}

const capacity = 50;

const mailbox = () => processWide("development-mailbox", () => ({ messages: [] as KeptMessage[] }));

/** The latest first. */
export function developmentMailbox(): readonly KeptMessage[] {
  return mailbox().messages;
}

export async function deliverToDevelopmentMailbox(letter: Message, id: string): Promise<void> {
  const kept = mailbox();
  kept.messages = [{ ...letter, id, at: Date.now() }, ...kept.messages].slice(0, capacity);
  const [link = ""] = /https?:\/\/\S+/.exec(letter.text) ?? [];
  console.log(`\nMail to ${letter.to}: ${letter.subject}\n${link}\n`);
}
