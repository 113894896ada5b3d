/**
 * Where mail goes while nobody has set SMTP_URL: into this process, for /dev/mail to show. In
 * production neither the page nor anything that could fill the mailbox exists.
 */
import type { Letter } from "./email.ts";

export interface KeptLetter extends Letter {
  id: string;
  /** Unix milliseconds. */
  at: number;
}

const capacity = 50;

/** On globalThis, because Next bundles pages and route handlers apart. */
const holder = globalThis as { [key: symbol]: KeptLetter[] | undefined };
const slot = Symbol.for("latchkey.development-mailbox");

/** The latest first. */
export function developmentMailbox(): readonly KeptLetter[] {
  return holder[slot] ?? [];
}

export async function deliverToDevelopmentMailbox(letter: Letter, id: string): Promise<void> {
  holder[slot] = [{ ...letter, id, at: Date.now() }, ...developmentMailbox()].slice(0, capacity);
  const [link = ""] = /https?:\/\/\S+/.exec(letter.text) ?? [];
  console.log(`\nMail to ${letter.to}: ${letter.subject}\n${link}\n`);
}
