import { afterAll, beforeAll, expect, test } from "vitest";
import { transportOf } from "#lib/mail/transport.ts";
import { type Smtp, startSmtp } from "../support/smtp.ts";

let smtp: Smtp;

beforeAll(async () => {
  smtp = await startSmtp();
});

afterAll(() => smtp.close());

const message = { to: "ada@example.com", subject: "A link", html: "", text: "secret link" };

function transportTo(host: string, query = "") {
  const { port } = new URL(smtp.url);
  const smtpUrl = `smtp://mailer:hunter2@${host}:${port}${query}`;
  const transport = transportOf({
    mail: { smtpUrl, from: "no-reply@example.com" },
    appUrl: "https://www.example.com",
  });
  if (!transport) throw new Error("There is no transport.");
  return transport;
}

// Red team 8, case tale-project/tale#2366. The system resolves 127.1 to loopback like any other name in its hosts file.
test.each([
  ["a name that leads to a server without STARTTLS", "127.1", ""],
  ["a URL that asks for plain text", "127.1", "?ignoreTLS=true&requireTLS=false"],
])("neither a password nor an email goes in the clear to %s", async (_, host, query) => {
  await expect(transportTo(host, query).send(message, "id")).rejects.toThrow(/STARTTLS/);
  expect(smtp.authentications).toEqual([]);
  expect(smtp.received).toEqual([]);
});

test("a server on this machine needs no STARTTLS", async () => {
  await transportTo("127.0.0.1").send(message, "id");
  await transportTo("localhost").send(message, "id");
  expect(smtp.authentications).toEqual(["mailer", "mailer"]);
  expect(smtp.received).toHaveLength(2);
});
