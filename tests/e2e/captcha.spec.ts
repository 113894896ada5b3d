import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { at, expect, logIn, signUp, test } from "./fixtures.ts";

/** A provider with the usual API, whose captcha is a button. */
async function startProvider() {
  const solutions = new Set<string>();
  const server = createServer(async (request, response) => {
    if (request.url === "/widget.js") {
      response.writeHead(200, { "Content-Type": "text/javascript" });
      response.end(`window.turnstile = {
        render(place, { callback }) {
          const button = document.createElement("button");
          button.type = "button";
          button.textContent = "I am no robot";
          button.onclick = () => { button.remove(); callback("solution-" + Math.random()); };
          place.append(button);
        },
      };`);
      return;
    }
    let body = "";
    for await (const chunk of request) body += chunk;
    const solution = new URLSearchParams(body).get("response") ?? "";
    const success = solution.startsWith("solution-") && !solutions.has(solution);
    solutions.add(solution);
    response.end(JSON.stringify({ success }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, close: () => server.close() };
}

test("after failed attempts the sign-in form needs a captcha and accepts its solution", async ({
  page,
  serve,
  anotherContext,
}) => {
  const provider = await startProvider();
  const server = await serve({
    RATE_LIMITS: "on",
    CAPTCHA_SCRIPT_URL: `${provider.origin}/widget.js`,
    CAPTCHA_VERIFY_URL: `${provider.origin}/siteverify`,
    CAPTCHA_SITE_KEY: "site",
    CAPTCHA_SECRET: "secret",
  });
  const username = await signUp(page, server.url);

  // This browser has no device cookie.
  const stranger = await (await anotherContext()).newPage();
  for (let i = 0; i < 3; i += 1) {
    await logIn(stranger, username, server.url, "not the password");
    await expect(stranger.getByText("or the password is wrong")).toBeVisible();
  }
  await logIn(stranger, username, server.url, "not the password");
  await expect(stranger.getByText("Show that you are no robot")).toBeVisible();
  await stranger.getByRole("button", { name: "I am no robot" }).click();
  await stranger.getByRole("button", { name: "Log in" }).click();
  await expect(stranger.getByText("or the password is wrong")).toBeVisible();

  // An extension that blocks the provider is no reason for a form that says nothing.
  const blocking = await (await anotherContext()).newPage();
  await blocking.route(`${provider.origin}/**`, (route) => route.abort());
  await logIn(blocking, username, server.url, "not the password");
  await expect(blocking.getByText("The captcha did not load.")).toBeVisible();
  await blocking.close();

  // A solution works for one attempt only.
  await stranger.getByLabel("Password", { exact: true }).fill("correct horse battery");
  await stranger.getByRole("button", { name: "I am no robot" }).click();
  await stranger.getByRole("button", { name: "Log in" }).click();
  await at(stranger, "/me");
  provider.close();
});
