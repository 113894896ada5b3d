/** One visitor: a cookie jar and a connection that stays open. */
import { Agent, type IncomingHttpHeaders, request } from "node:http";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text(): string;
}

interface Message {
  headers?: Record<string, string>;
  /** Sent as is; `headers` has to set its Content-Type. */
  body?: string;
}

/** A reused connection is gone, so the server has not handled the request. */
class StaleConnection extends Error {}

export class Client {
  readonly origin: string;
  /** 0, 1, 2, … among the clients of its run. */
  readonly number: number;
  /** How many users the database has. */
  readonly users: number;
  readonly cookies = new Map<string, string>();
  /** Whatever else the client has to remember: an access token, a form's token. */
  token = "";
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #address: { host: string; port: string };

  constructor(origin: string, number: number, users: number) {
    const { hostname, port } = new URL(origin);
    this.origin = origin;
    this.number = number;
    this.users = users;
    this.#address = { host: hostname, port };
  }

  /** Sends a request and waits for the whole response; keeps the cookies that it sets. */
  async send(method: string, path: string, message: Message = {}): Promise<Answer> {
    try {
      return await this.#sendOnce(method, path, message);
    } catch (error) {
      // A server closes connections that were idle for long, possibly just as this one is reused.
      if (error instanceof StaleConnection) return this.#sendOnce(method, path, message);
      throw error;
    }
  }

  #sendOnce(method: string, path: string, { headers = {}, body }: Message): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const length = body === undefined && method === "GET" ? {} : lengthOf(body);
    return new Promise((resolve, reject) => {
      const outgoing = request({
        ...this.#address,
        agent: this.#agent,
        method,
        path,
        headers: { ...headers, ...length, ...(cookie && { cookie }) },
      });
      outgoing.on("error", (error) => {
        reject(outgoing.reusedSocket ? new StaleConnection("", { cause: error }) : error);
      });
      outgoing.on("response", (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("error", reject);
        incoming.on("data", (chunk) => chunks.push(chunk));
        incoming.on("end", () => {
          for (const line of incoming.headers["set-cookie"] ?? []) this.#keep(line);
          const { statusCode: status = 0, headers: received } = incoming;
          resolve({ status, headers: received, text: () => Buffer.concat(chunks).toString() });
        });
      });
      outgoing.end(body);
    });
  }

  /** As `send`; throws unless the response has `status`. */
  async expect(status: number, method: string, path: string, message?: Message): Promise<Answer> {
    const answer = await this.send(method, path, message);
    if (answer.status === status) return answer;
    const said = answer.text().slice(0, 300);
    throw new Error(`${method} ${path} returned ${answer.status} instead of ${status}: ${said}`);
  }

  close(): void {
    this.#agent.destroy();
  }

  #keep(line: string): void {
    const [pair = ""] = line.split(";", 1);
    const equals = pair.indexOf("=");
    const name = pair.slice(0, equals);
    const value = pair.slice(equals + 1);
    if (value === "" || /;\s*max-age=0(;|$)/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

function lengthOf(body = ""): Record<string, string> {
  return { "content-length": String(Buffer.byteLength(body)) };
}
