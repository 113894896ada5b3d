/**
 * How an email looks: HTML for phones and desktops, light and dark, and plain text. Without JSX, which
 * Node.js does not read, because commands send emails as well (red team 5).
 */
import { type CSSProperties, Fragment, createElement as h } from "react";
import {
  Body,
  Button,
  Container,
  Head,
  Heading,
  Hr,
  Html,
  Preview,
  render,
  Section,
  Text,
} from "react-email";
import { appName } from "#lib/site.ts";
import type { Email, Message } from "./email.ts";
import { type Words, wordsOf } from "./messages.ts";

export async function renderEmail(email: Email, to: string): Promise<Message> {
  const words = wordsOf(email);
  const html = await render(h(MessageBody, words));
  return { to, subject: words.subject, html, text: plainText(words) };
}

/** Written by hand: HTML converters put the button's text in capitals and break up the code. */
function plainText({ subject, paragraphs, button, code, footnote }: Words): string {
  const parts = [
    subject,
    ...paragraphs,
    button && `${button.label}:\n${button.href}`,
    code && `Or type this code: ${code}`,
    footnote,
    `-- \n${appName}`,
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

const font = "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

/** The light styles are inline, for email programs that know nothing else; these override them. */
const dark = `
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  @media (prefers-color-scheme: dark) {
    .canvas, .canvas > table > tbody > tr > td { background: #0f1312 !important; }
    .rule { border-top-color: #2b3330 !important; }
    .card { background: #161b1a !important; border-color: #2b3330 !important; }
    .ink { color: #e9edeb !important; }
    .muted { color: #a3aeaa !important; }
    .button { background: #6bcdb7 !important; color: #06201a !important; }
    .code { background: #1e2523 !important; color: #e9edeb !important; }
  }
`;

function MessageBody({ subject, paragraphs, button, code, footnote }: Words) {
  return h(
    Html,
    { lang: "en" },
    h(
      Head,
      null,
      h("meta", { name: "color-scheme", content: "light dark" }),
      h("meta", { name: "supported-color-schemes", content: "light dark" }),
      h("style", null, dark),
    ),
    h(Preview, null, paragraphs[0] ?? subject),
    h(
      Body,
      { className: "canvas", style: { background: "#f7f8f7", fontFamily: font, margin: 0 } },
      h(
        Container,
        { style: { maxWidth: 480, padding: "24px 12px" } },
        h(
          Text,
          { className: "ink", style: { color: ink, fontSize: 18, fontWeight: 600 } },
          appName,
        ),
        h(
          Section,
          { className: "card", style: styles.card },
          h(Heading, { as: "h1", className: "ink", style: styles.heading }, subject),
          paragraphs.map((paragraph) =>
            h(Text, { key: paragraph, className: "ink", style: styles.paragraph }, paragraph),
          ),
          button &&
            h(
              Button,
              { href: button.href, className: "button", style: styles.button },
              button.label,
            ),
          code &&
            h(
              Fragment,
              null,
              h(Text, { className: "muted", style: styles.beforeCode }, "Or type this code:"),
              h(Text, { className: "code", style: styles.code }, code),
            ),
          h(Hr, { className: "rule", style: styles.rule }),
          h(Text, { className: "muted", style: styles.footnote }, footnote),
        ),
      ),
    ),
  );
}

const ink = "#15201d";
const muted = "#55615d";

const styles = {
  card: {
    background: "#ffffff",
    border: "1px solid #dde2e0",
    borderRadius: 16,
    padding: "12px 24px 20px",
  },
  heading: { color: ink, fontSize: 22, lineHeight: "28px", margin: "12px 0" },
  paragraph: { color: ink, fontSize: 16, lineHeight: "25px", margin: "12px 0" },
  button: {
    background: "#0b6b5d",
    borderRadius: 8,
    color: "#ffffff",
    fontSize: 16,
    fontWeight: 500,
    margin: "8px 0",
    padding: "12px 20px",
  },
  beforeCode: { color: muted, fontSize: 15, marginBottom: 8 },
  code: {
    background: "#eef1f0",
    borderRadius: 8,
    color: ink,
    fontFamily: "ui-monospace, Menlo, Consolas, monospace",
    fontSize: 28,
    letterSpacing: 6,
    lineHeight: "36px",
    margin: 0,
    padding: "10px 16px",
    textAlign: "center",
  },
  rule: { borderTop: "1px solid #dde2e0", margin: "24px 0 8px" },
  footnote: { color: muted, fontSize: 14, lineHeight: "21px", margin: "8px 0" },
} satisfies Record<string, CSSProperties>;
