/**
 * Where mail goes while nobody has set SMTP_URL: into this process, for /dev/mail to show. In
 * production neither the page nor anything that could fill the mailbox exists.
 */
import type { Message } from "./email.ts";

export interface KeptMessage extends Message {
  id: string;
  /** Unix milliseconds. */
  at: number;
}

const capacity = 50;

/** On globalThis, because Next bundles pages and route handlers apart. */
const holder = globalThis as { [key: symbol]: KeptMessage[] | undefined };
const slot = Symbol.for("latchkey.development-mailbox");

/** The latest first. */
export function developmentMailbox(): readonly KeptMessage[] {
  return holder[slot] ?? [];
}

export async function deliverToDevelopmentMailbox(letter: Message, id: string): Promise<void> {
  holder[slot] = [{ ...letter, id, at: Date.now() }, ...developmentMailbox()].slice(0, capacity);
  const [link = ""] = /https?:\/\/\S+/.exec(letter.text) ?? [];
  console.log(`\nMail to ${letter.to}: ${letter.subject}\n${link}\n`);
}
