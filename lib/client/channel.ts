import type { TokenResponse, User } from "#lib/contract/schemas.ts";
import { channelName } from "#lib/protocol.ts";

/** What one tab tells the others of the same origin. */
export type Message =
  | { type: "signed_in"; answer: TokenResponse }
  | { type: "token_received"; answer: TokenResponse }
  | { type: "signed_out"; code: string | undefined }
  | { type: "user_changed"; user: User };

export interface Channel {
  post(message: Message): void;
  /** Hears the other tabs from now on; answers with how to stop. */
  open(hear: (message: Message) => void): () => void;
}

/** The channel between the tabs. In a browser that has none, each tab is alone. */
export function createChannel(): Channel {
  let channel: BroadcastChannel | undefined;
  return {
    post(message) {
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
