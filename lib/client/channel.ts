import type { TokenResponse, User } from "#lib/contract/answers.ts";
import { channelName } from "#lib/protocol.ts";

/** What one tab tells the other tabs of its origin. */
export type Message =
  | { type: "signed_in"; answer: TokenResponse }
  | { type: "token_received"; answer: TokenResponse }
  | { type: "signed_out"; code?: string | undefined }
  | { type: "user_changed"; user: User };

/**
 * Connects the tabs: calls `hear` with the messages of the others. Where BroadcastChannel is missing
 * or refused, as in Firefox with cookies blocked (mozilla/fxa#2347), each tab is on its own.
 */
export function openChannel(hear: (message: Message) => void): BroadcastChannel | undefined {
  try {
    const channel = new BroadcastChannel(channelName);
    channel.onmessage = ({ data }: MessageEvent<Message>) => hear(data);
    return channel;
  } catch {
    return undefined;
  }
}
