/** case: supabase/auth-js#310: where one wanted to go survives the email. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linkIn, tokenIn } from "../support/smtp.ts";
import { newPassword, randomAddress, routes, startWorld, type World } from "./accounts.ts";
import { password } from "./browser.ts";

let world: World;
let strict: World;

beforeAll(async () => {
  [world, strict] = await Promise.all([
    startWorld({ EMAIL_LOGIN: "on" }),
    startWorld({ EMAIL_VERIFICATION: "required" }),
  ]);
});

afterAll(async () => {
  await Promise.all([world.stop(), strict.stop()]);
});

const next = "/sessions?sort=last used&page=2";
const query = new URLSearchParams({ next }).toString();

/** Values that lead to another site, to the API, nowhere, or home. */
const foreign = [
  "https://evil.example/",
  "//evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "/.//evil.example",
  "javascript:alert(1)",
  "/api/auth/logout",
  `/${"x".repeat(3_000)}`,
  "",
  "/me",
];

const form = { Origin: "http://localhost:3000" };

describe("the page that one wanted to see", () => {
  test.each([
    ["a sign-in link", routes.emailLogin, /sign-in link/, "/login/link"],
    ["a link to a new password", routes.forgot, /new password/, "/reset-password"],
  ])(
    "is in %s, asked for by JSON or by form, and none of another site ever is",
    async (_, route, subject, page) => {
      const { user } = await world.signUpVerified();
      const { email } = user;
      for (const asked of [{ body: { email, next } }, { form: { email, next }, headers: form }]) {
        await world.visitor().post(route, asked);
        const link = linkIn(await world.smtp.take(email, subject));
        expect([link.origin, link.pathname]).toEqual([world.settings.APP_URL, page]);
        expect(new URL(link.searchParams.get("next") ?? "", link).href).toBe(
          new URL(next, link).href,
        );
      }
      for (const value of foreign) {
        const response = await world.visitor().post(route, { body: { email, next: value } });
        expect(response.status).toBe(202);
        const link = linkIn(await world.smtp.take(email, subject));
        expect([...link.searchParams.keys()]).toEqual(["token"]);
      }
      const odd = await world.visitor().post(route, { body: { email, next: ["/sessions"] } });
      expect(odd.status).toBe(422);
    },
  );

  test("is in the link that verifies an address: at sign-up, on request, and after a sign-in too early", async () => {
    const email = randomAddress();
    const username = `u${email.slice(1, 30)}`;
    const browser = strict.visitor();
    await browser.post("/api/auth/signup", { body: { username, email, password, next } });
    const links = [linkIn(await strict.smtp.take(email, /Confirm/))];
    await browser.post(routes.resend, { body: { email, next } });
    links.push(linkIn(await strict.smtp.take(email, /Confirm/)));
    await browser.post(routes.login, { body: { username, password, next } });
    links.push(linkIn(await strict.smtp.take(email, /Confirm/)));
    for (const link of links) {
      expect(new URL(link.searchParams.get("next") ?? "", link).href).toBe(
        new URL(next, link).href,
      );
    }
    for (const value of foreign) {
      await browser.post(routes.resend, { body: { email, next: value } });
      const link = linkIn(await strict.smtp.take(email, /Confirm/));
      expect([...link.searchParams.keys()]).toEqual(["token"]);
    }
    // And on from there, in a browser without scripts.
    const [link] = links;
    const token = link?.searchParams.get("token") ?? "";
    const done = await browser.post(routes.verify, { form: { token, next }, headers: form });
    const to = done.headers.get("location") ?? "";
    expect(to).toMatch(/^\/verify-email\?done=verified&next=%2Fsessions/);
    const page = await (await browser.get(to)).text();
    expect(page).toContain('href="/login?next=%2Fsessions');
    const bent = `/verify-email?done=verified&next=${encodeURIComponent("https://evil.example/")}`;
    expect(await (await browser.get(bent)).text()).not.toContain('evil.example/"');
  });

  test("is where the link's own page leads on to", async () => {
    const { user } = await world.signUpVerified();
    const { email } = user;
    await world.visitor().post(routes.emailLogin, { body: { email, next } });
    const link = linkIn(await world.smtp.take(email, /sign-in link/));
    const browser = world.visitor();
    const page = await (await browser.get(link.pathname + link.search)).text();
    const hidden = /name="next" value="([^"]*)"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const fields = { token: link.searchParams.get("token") ?? "", next: hidden };
    const signedIn = await browser.post(routes.confirmLogin, { form: fields, headers: form });
    expect(signedIn.headers.get("location")).toBe("/sessions?sort=last%20used&page=2");

    await world.visitor().post(routes.forgot, { body: { email, next } });
    const token = tokenIn(await world.smtp.take(email, /new password/));
    const reset = await world.visitor().post(routes.reset, {
      form: { token, password: newPassword, next },
      headers: form,
    });
    expect(reset.headers.get("location")).toMatch(
      /^\/login\?reason=password_reset&next=%2Fsessions%3Fsort/,
    );
    // Each way to ask for an email keeps it.
    const paths = ["/login", "/login/email", "/forgot-password", "/verify-email", "/signup"];
    for (const path of paths) {
      const html = await (await world.visitor().get(`${path}?${query}`)).text();
      expect([path, /name="next" value="\/sessions\?/.test(html)]).toEqual([path, true]);
    }
    const login = await (await world.visitor().get(`/login?${query}`)).text();
    expect(login).toContain('href="/forgot-password?next=%2Fsessions');
  });
});
