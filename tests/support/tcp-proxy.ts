/** A TCP proxy in front of a server, which a test can block or cut. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface TcpProxy {
  port: number;
  /** Silently drops everything from now on, or stops doing so. */
  block(blocked: boolean): void;
  /** Cuts the next connection that sends what `matches`, before or after forwarding it. */
  cutNext(matches: RegExp, when: "before" | "after"): void;
  /** Whether the cut is still to come. */
  isCutPending(): boolean;
  close(): Promise<void>;
}

/** Milliseconds that the server has for the forwarded data before the cut. */
const headStart = 200;

export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let blocked = false;
  let cut: { matches: RegExp; when: "before" | "after" } | undefined;

  const server = createServer((near) => {
    const far = connect(target, "127.0.0.1");
    let isCut = false;
    const end = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", end).on("close", () => {
        sockets.delete(socket);
        end();
      });
    }
    near.on("data", (data) => {
      if (blocked) return;
      if (cut?.matches.test(data.toString("latin1"))) {
        isCut = true;
        if (cut.when === "after") far.write(data);
        cut = undefined;
        setTimeout(end, headStart);
      } else {
        far.write(data);
      }
    });
    far.on("data", (data) => {
      if (!blocked && !isCut) near.write(data);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    port: (server.address() as AddressInfo).port,
    block(value) {
      blocked = value;
      // Data dropped meanwhile is lost, so clients have to open new connections.
      if (!value) for (const socket of sockets) socket.destroy();
    },
    cutNext(matches, when) {
      cut = { matches, when };
    },
    isCutPending: () => cut !== undefined,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
