import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test, vi } from "vitest";
import { SiteFooter } from "#app/site-footer.tsx";
import { refusePassword } from "#lib/auth/password/policy.ts";
import { renderEmail } from "#lib/mail/template.ts";
import { Logo } from "#lib/ui/logo.tsx";
import { productNameMistakes, readSource, readSources } from "../support/source-files.ts";

// Everything below runs after the product was renamed.
vi.mock("#lib/site.ts", () => ({
  appName: "Doorbell",
  appSlug: "doorbell",
  appTagline: "who is there",
  appDescription: "Says who is there.",
}));

describe("a renamed product", () => {
  test("has its name in the titles of its pages", async () => {
    const { metadata } = await import("#app/layout.tsx");
    expect(metadata).toEqual({
      title: { default: "Doorbell", template: "%s · Doorbell" },
      description: "Says who is there.",
    });
  });

  test("has its name at the top and at the bottom of each page", () => {
    expect(renderToStaticMarkup(Logo())).toContain(">Doorbell<");
    expect(renderToStaticMarkup(SiteFooter())).toContain("Doorbell, who is there");
  });

  test("signs its emails with its name", async () => {
    const link = "https://www.example.com/me";
    const { html, text } = await renderEmail({ kind: "account_kept", link }, "ada@example.com");
    expect(text).toMatch(/\n-- \nDoorbell\n$/);
    expect(html).toContain("Doorbell");
    expect(html + text).not.toMatch(/latchkey/i);
  });

  test("refuses its name as a password, and no longer the old one", async () => {
    const owner = { username: "ada", email: "ada@example.com", name: "Ada" };
    const policy = { passwordMinLength: 8, breachedPasswordsUrl: undefined };
    expect(await refusePassword("DoorBell", owner, policy)).toMatch(/guess/);
    expect((await refusePassword("latchkey", owner, policy)) ?? "").not.toMatch(/guess/);
  });
});

describe("the product's name", () => {
  test("is written in lib/site.ts and lib/protocol.ts only", () => {
    const files = [
      ...readSources("app", "db", "lib", "scripts"),
      ...["middleware.ts", "instrumentation.ts", "next.config.js"].map(readSource),
    ];
    expect(files.length).toBeGreaterThan(200);
    expect(productNameMistakes(files, /latchkey/i)).toEqual([]);
  });

  test("is found wherever else somebody writes it", () => {
    const text = 'const a = 1;\nconst title = "Welcome to LATCHKEY";\n';
    expect(productNameMistakes([{ path: "app/a/page.tsx", text }], /latchkey/i)).toEqual([
      'app/a/page.tsx:2 says "LATCHKEY": import what people read from lib/site.ts, and what must never change from lib/protocol.ts.',
    ]);
    expect(productNameMistakes([{ path: "lib/site.ts", text }], /latchkey/i)).toEqual([]);
    expect(productNameMistakes([{ path: "app/b.ts", text: "" }], /latchkey/i)).toEqual([]);
  });
});
