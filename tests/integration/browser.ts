/** A client with a cookie jar: all that the API sees of a browser. */
import { randomUUID } from "node:crypto";

interface RequestOptions {
  body?: unknown;
  form?: Record<string, string>;
  token?: string;
  headers?: Record<string, string>;
}

export const password = "correct horse battery";

export class Browser {
  readonly cookies = new Map<string, string>();
  origin: string;

  constructor(origin: string) {
    this.origin = origin;
  }

  /** Sends a request with the jar's cookies and keeps those that the response sets. */
  async send(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const { body, form, token, headers } = options;
    const jar = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(this.origin + path, {
      method,
      redirect: "manual",
      headers: {
        ...(jar && { Cookie: jar }),
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...(token && { Authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: form ? new URLSearchParams(form) : body === undefined ? null : JSON.stringify(body),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";");
      const [name = "", ...value] = pair.split("=");
      if (/Max-Age=0(;|$)/.test(cookie)) this.cookies.delete(name);
      else this.cookies.set(name, value.join("="));
    }
    return response;
  }

  post(path: string, options?: RequestOptions) {
    return this.send("POST", path, options);
  }

  get(path: string, options?: RequestOptions) {
    return this.send("GET", path, options);
  }

  refresh() {
    return this.post("/api/auth/refresh");
  }

  /** Signs up with a username of its own and returns the token response. */
  async signUp(fields: Record<string, string> = {}) {
    const username = `u${randomUUID().replaceAll("-", "")}`;
    const body = { username, email: `${username}@example.com`, password, ...fields };
    const response = await this.post("/api/auth/signup", { body });
    if (response.status !== 201) throw new Error(await response.text());
    return await response.json();
  }

  /** Returns another browser with the same cookies: a second tab, or a thief. */
  copy(origin = this.origin): Browser {
    const copy = new Browser(origin);
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    return copy;
  }
}

/** Returns status and code of a problem response (RFC 9457); throws on any other response. */
export async function problem(response: Response): Promise<[number, string]> {
  const type = response.headers.get("content-type");
  if (type !== "application/problem+json") throw new Error(`${response.status} ${type}`);
  const body = await response.json();
  return [response.status, body.code];
}
