import { expect, test } from "vitest";
import { secretsIn, withoutAll } from "#lib/config/secrets.ts";

// case: brianc/node-postgres#3145
test("what a library says is shown without the secrets of the configuration", () => {
  const found = secretsIn({
    AUTH_SECRET: "first-secret, second-secret",
    CRON_SECRET: "cron-secret",
    CAPTCHA_SECRET: "captcha-secret",
    DATABASE_AUTH_TOKEN: "database-token",
    DATABASE_URL: "postgres://ada:pa%23ss-word@db.example.com/auth?sslpassword=key-phrase",
    SMTP_URL: "smtp://mailer:mail-word@mail.example.com:587",
  });
  const text = [
    "first-secret second-secret cron-secret captcha-secret database-token",
    "postgres://ada:pa%23ss-word@db.example.com/auth?sslpassword=key-phrase",
    "pa#ss-word pa%23ss-word key-phrase",
    "smtp://mailer:mail-word@mail.example.com:587 mail-word",
  ].join("\n");
  const cleaned = withoutAll(text, found);
  expect(cleaned).not.toMatch(
    /first|second|cron-|captcha-|database-token|ss-word|phrase|mail-word/,
  );
  expect(withoutAll("ada at db.example.com: ECONNREFUSED", found)).toBe(
    "ada at db.example.com: ECONNREFUSED",
  );
});

test("a configuration without secrets leaves everything as it is", () => {
  const found = secretsIn({ DATABASE_URL: "file:.data/auth.db", AUTH_SECRET: "" });
  expect(withoutAll("file:.data/auth.db", found)).toBe("file:.data/auth.db");
});
