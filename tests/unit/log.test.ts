import { expect, test } from "vitest";
import { redact } from "#lib/http/log.ts";

test("the log leaves out what is called a secret, one level down as well", () => {
  const fields = {
    route: "/api/auth/login",
    status: 200,
    password: "p",
    body: { username: "ada", password: "p", refresh_token: "t" },
    headers: { cookie: "c", authorization: "Bearer t", accept: "*/*" },
  };
  expect(redact(fields)).toEqual({
    route: "/api/auth/login",
    status: 200,
    password: "[Redacted]",
    body: { username: "ada", password: "[Redacted]", refresh_token: "[Redacted]" },
    headers: { cookie: "[Redacted]", authorization: "[Redacted]", accept: "*/*" },
  });
});

test("what is logged stays as it is for whoever logs it", () => {
  const fields = { secret: "s", nothing: null, list: [1] };
  redact(fields);
  expect(fields.secret).toBe("s");
  expect(redact(fields)).toEqual({ secret: "[Redacted]", nothing: null, list: [1] });
});
