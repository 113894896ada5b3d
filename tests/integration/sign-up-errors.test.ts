/** From the first-time user's review: all that is wrong with a sign-up is shown at once. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "#lib/config/index.ts";
import { Keyring } from "#lib/crypto/keyring.ts";
import { openFlash } from "#lib/http/flash.ts";
import { randomAddress, startWorld, type World } from "./accounts.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

const route = "/api/auth/signup";
const wrong = { username: "-", email: "nonsense", password: "short" };

test("a bad username, a bad address and a weak password are shown at once, by JSON", async () => {
  const response = await world.visitor().post(route, { body: wrong });
  expect(response.status).toBe(422);
  const { code, errors } = await response.json();
  expect(code).toBe("validation_failed");
  const paths = errors.map(({ path }: { path: string }) => path);
  expect([...new Set(paths)]).toEqual(["username", "email", "password"]);
  expect(errors.at(-1).message).toBe("Use at least 8 characters.");
});

test("a bad username, a bad address and a weak password are shown at once, by form and on its page", async () => {
  const browser = world.visitor();
  const headers = { Origin: world.settings.APP_URL };
  const response = await browser.post(route, { form: { ...wrong, next: "/ping" }, headers });
  const to = response.headers.get("location") ?? "";
  expect([response.status, to]).toEqual([303, "/signup?error=validation_failed&next=%2Fping"]);
  const settings = { ...world.settings, NODE_ENV: "production", JWT_COOKIE_SECURE: "true" };
  const config = readConfig(settings);
  const header = [...browser.cookies].map((pair) => pair.join("=")).join("; ");
  const keys = { config, keyring: new Keyring(config.secrets), now: Date.now() };
  const flash = await openFlash("signup", header, keys);
  expect([...new Set(flash?.errors.map(({ path }) => path))]).toEqual([
    "username",
    "email",
    "password",
  ]);
  expect(JSON.stringify(flash)).not.toContain("short");
  const page = await (await browser.get(to)).text();
  for (const id of ["username", "email", "password"]) expect(page).toContain(`id="${id}-error"`);
});

test.each<[string, Record<string, string>]>([
  ["the common ones", { username: "-", password: "password123" }],
  ["one's own name", { email: "nonsense", username: "adalovelace", password: "AdaLovelace" }],
])("a weak password is shown beside other errors: %s", async (_, fields) => {
  const body = { username: `u${randomAddress().slice(1, 30)}`, email: randomAddress(), ...fields };
  const { errors } = await (await world.visitor().post(route, { body })).json();
  expect(errors.map(({ path }: { path: string }) => path)).toContain("password");
});

test("a good password beside other errors, or none at all, adds no error of its own", async () => {
  const good = { username: "-", email: randomAddress(), password: "correct horse battery" };
  const { errors } = await (await world.visitor().post(route, { body: good })).json();
  expect(new Set(errors.map(({ path }: { path: string }) => path))).toEqual(new Set(["username"]));
  for (const body of [{ username: "-" }, { username: "-", password: 7 }, [], "text", null]) {
    const response = await world.visitor().post(route, { body });
    expect(response.status).toBe(422);
    const { errors } = await response.json();
    const paths = errors.map(({ path }: { path: string }) => path);
    expect(paths.filter((path: string) => path === "password").length).toBeLessThanOrEqual(1);
  }
});
