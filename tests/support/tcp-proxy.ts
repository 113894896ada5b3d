/** A line to a server that can be cut or blocked, as lines are. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface TcpProxy {
  port: number;
  /** From now on nothing gets through and nobody is told; or things are well again. */
  block(blocked: boolean): void;
  /** Cuts the next connection that carries what `matches`: before or after it has been passed on. */
  cutNext(matches: RegExp, when: "before" | "after"): void;
  /** Whether there is a cut to come. */
  isCutPending(): boolean;
  close(): Promise<void>;
}

/** How long what was passed on has to take effect, in milliseconds. */
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
      // What was lost meanwhile does not come back; new connections have to be made.
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
