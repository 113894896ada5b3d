import type { TokenResponse, User } from "#lib/contract/answers.ts";
import { channelName } from "#lib/protocol.ts";

/** What one tab tells the other tabs of its origin. */
export type Message =
  | { type: "signed_in"; answer: TokenResponse }
  | { type: "token_received"; answer: TokenResponse }
  | { type: "signed_out"; code?: string | undefined }
  | { type: "user_changed"; user: User };

export interface Channel {
  send(message: Message): void;
  /** Calls `hear` with the other tabs' messages. Returns a function that stops. */
  open(hear: (message: Message) => void): () => void;
}

/** Connects the tabs. Without BroadcastChannel, each tab is on its own. */
export function createChannel(): Channel {
  let channel: BroadcastChannel | undefined;
  return {
    send(message) {
      channel?.postMessage(message);
    },
    open(hear) {
      if (!globalThis.BroadcastChannel) return () => {};
      const opened = new BroadcastChannel(channelName);
      opened.onmessage = ({ data }: MessageEvent<Message>) => hear(data);
      channel = opened;
      return () => {
        opened.close();
        channel = undefined;
      };
    },
  };
}
