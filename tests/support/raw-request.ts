/** A GET without what `fetch` does by itself: tidy up the path, and say how it was sent. */
import { request } from "node:http";

export interface RawResponse {
  status: number;
  /** Every value of the header, as sent. */
  header(name: string): string[];
  text: string;
}

export function rawGet(
  origin: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<RawResponse> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers }, async (response) => {
      const { rawHeaders, statusCode = 0 } = response;
      let text = "";
      for await (const chunk of response) text += chunk;
      const header = (name: string) =>
        rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
      resolve({ status: statusCode, header, text });
    })
      .on("error", reject)
      .end();
  });
}
