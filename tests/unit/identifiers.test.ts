import { describe, expect, test } from "vitest";
import { z } from "zod";
import { canonicalIdentifier, usernameKey } from "#lib/contract/identifiers.ts";
import {
  emailChangeSchema,
  emailSchema,
  loginSchema,
  profileSchema,
  signupSchema,
  usernameSchema,
} from "#lib/contract/schemas.ts";
import { attachment } from "#lib/http/attachment.ts";

// case: mailcow/mailcow-dockerized#7395
describe("an identifier", () => {
  test.each([
    ["ada@bücher.example", "ada@xn--bcher-kva.example"],
    ["Ada@BÜCHER.example", "Ada@xn--bcher-kva.example"],
    ["ada＠bücher。example", "ada@xn--bcher-kva.example"],
    ["ada@bu\u0308cher.example", "ada@xn--bcher-kva.example"],
    ["ada@пример.рф", "ada@xn--e1afmkfd.xn--p1ai"],
    ["ada@faß.example", "ada@xn--fa-hia.example"],
    ["Ada@Example.com", "Ada@Example.com"],
    [" ada@xn--bcher-kva.example ", "ada@xn--bcher-kva.example"],
    ["zoë", "zoë"],
    ["Zoe\u0308", "Zoë"],
    ["ﬁona", "fiona"],
  ])("%j has one canonical form", (typed, canonical) => {
    expect(canonicalIdentifier(typed)).toBe(canonical);
    expect(canonicalIdentifier(canonical)).toBe(canonical);
  });

  test.each([
    ["@", "a@", "a@é:80", "a@é/x", "a@é?x", "a@é#x", "a@é%2ecom", "a@é..", "b@x@é", "é@b\\é"],
    ["a@\u200b.com", "a@xn--zzzz.exämple", "a@é com", "a@[é]", "a@user:pass@é"],
  ])("that is no address goes on as it is and never throws: %j …", (...odd) => {
    for (const typed of odd) {
      const [, domain = ""] = canonicalIdentifier(typed).split(/@(?=[^@]*$)/);
      expect(domain === typed.split("@").at(-1) || /^[a-z\d.-]+$/.test(domain)).toBe(true);
    }
  });

  test.each([
    ["Zoë", "ZOE\u0308"],
    ["ΟΔΥΣΣΕΥΣ", "οδυσσευς"],
    ["Ada@Bücher.example", "ada@XN--BCHER-KVA.example"],
    ["Ｋ", "k"],
  ])("%j and %j have one key", (one, other) => {
    expect(usernameKey(one)).toBe(usernameKey(other));
  });

  test.each(["İrem", "ĞÜL", "李雷", "Дмитрий", "ada+kernel@work", "Straße", "ﬀ"])(
    "%j has a key that stays the same",
    (name) => {
      expect(usernameKey(usernameKey(name))).toBe(usernameKey(name));
      expect(usernameKey(name)).toBe(usernameKey(` ${name.normalize("NFD")} `));
    },
  );
});

const emailOf = (schema: typeof emailSchema | typeof emailChangeSchema, email: string) =>
  schema.safeParse({ email }).data?.email;

// case: ansman/validate.js#87
describe("an address", () => {
  test.each([
    ["ada@xn--e1afmkfd.xn--p1ai", undefined],
    ["a&b@example.com", undefined],
    ["ada#1@example.com", undefined],
    ["!#$%&'*+/=?^_`{|}~-@example.com", undefined],
    ["-_-@example.com", undefined],
    ["ada@a.b.c.example", undefined],
    ["ada@bücher.example", "ada@xn--bcher-kva.example"],
    ["  Ada@Example.com\n", "Ada@Example.com"],
    ["ada＠example.com", "ada@example.com"],
  ])("that browsers accept is accepted: %j", (typed, canonical = typed) => {
    for (const schema of [emailSchema, emailChangeSchema]) {
      expect(emailOf(schema, typed)).toBe(canonical);
    }
  });

  test("without a dot may have an account, from an import, but is no new one's", () => {
    expect(emailOf(emailSchema, "ada@localhost")).toBe("ada@localhost");
    expect(emailOf(emailChangeSchema, "ada@localhost")).toBeUndefined();
    expect(signupSchema.shape.email.safeParse("a.b@localhost").success).toBe(false);
  });

  test.each([
    ...["", "ada", "@example.com", "ada@", "ada@@example.com", "ada@example..com", "ada@.com"],
    ...["ada@example.com.", "ada@-example.com", "ada@exa_mple.com", "zoë@example.com"],
    // What means something else in an SMTP envelope or a header, or has to be quoted there.
    ...["a..b@example.com", ".ada@example.com", "ada.@example.com"],
    ...["a b@example.com", '"a b"@example.com', "<ada@example.com>", "ada@example.com>"],
    ...["ada@example.com,eve@example.com", "ada@example.com;eve@example.com", "a:b@example.com"],
    ...["ada@example.com\r\nBcc: eve@example.com", "ada\n@example.com", "ada\0@example.com"],
    ...["ada@[127.0.0.1]", "ada@exam\u202eple.com\\", "ada(x)@example.com", "a\\b@example.com"],
    ...["ada@é:25", "ada@é/eve@example.com", "ada@é%0d%0aBcc.example.com", "ada@\u200b.example"],
    ...[`ada@${"é".repeat(60)}.example`, `${"a".repeat(250)}@example.com`],
  ])("that is none, or dangerous, is refused: %j", (typed) => {
    expect(emailOf(emailSchema, typed)).toBeUndefined();
    expect(signupSchema.shape.email.safeParse(typed).success).toBe(false);
  });

  test("that is wrong gets one message", () => {
    for (const typed of ["", "ada", "ada@example", "x".repeat(300)]) {
      const { error } = signupSchema.shape.email.safeParse(typed);
      expect(error?.issues).toHaveLength(1);
    }
  });
});

test("what is typed to sign in is canonical", () => {
  const parse = (username: string) => loginSchema.parse({ username, password: "x" }).username;
  expect(parse(" Ada＠bücher.example ")).toBe("Ada@xn--bcher-kva.example");
  expect(parse("zoe\u0308")).toBe("zoë");
});

test("a profile may come with an imported username; a new one is of our own letters", () => {
  expect(profileSchema.parse({ username: "zoë" })).toEqual({ username: "zoë" });
  expect(usernameSchema.safeParse({ username: "zoë" }).success).toBe(false);
  expect(usernameSchema.safeParse({ username: "ada@example.com" }).success).toBe(false);
  expect(usernameSchema.safeParse({ username: "zoe" }).success).toBe(true);
});

test("the schemas of identifiers keep their rules in JSON Schema", () => {
  const schema = z.toJSONSchema(signupSchema, { io: "input" });
  expect(schema.properties).toMatchObject({
    username: { type: "string", minLength: 2, maxLength: 64, pattern: expect.any(String) },
    email: { type: "string", maxLength: 254, format: "email" },
    name: { type: "string", maxLength: 150 },
  });
});

test.each([
  ["latchkey-ada.json", 'attachment; filename="latchkey-ada.json"'],
  ["zoë.json", `attachment; filename="zo_.json"; filename*=UTF-8''zo%C3%AB.json`],
  [
    "李's (1).json",
    `attachment; filename="__s _1_.json"; filename*=UTF-8''%E6%9D%8E%27s%20%281%29.json`,
  ],
  ['a"\\b', `attachment; filename="a__b"; filename*=UTF-8''a%22%5Cb`],
])("a file called %j is saved under its name", (name, header) => {
  expect(attachment(name)).toBe(header);
  expect(new Headers({ "Content-Disposition": attachment(name) })).toBeInstanceOf(Headers);
});
