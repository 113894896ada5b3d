import { describe, expect, test } from "vitest";
import {
  afterMessage,
  inDoubt,
  initialState,
  restored,
  signedOut,
  tokenDropped,
  tokenRefused,
  tokenWanted,
  untilRefresh,
} from "#lib/client/session-state.ts";
import { ada, grace } from "./client-server.ts";

const now = { monotonic: 0, wall: 0 };

function answer(user = ada, access_token = "token") {
  return { access_token, token_type: "Bearer" as const, expires_in: 900, expires_at: 900, user };
}

const signedIn = afterMessage(initialState(null), { type: "signed_in", answer: answer() }, now);

describe("the state of a session", () => {
  test("begins a new epoch with each sign-in and sign-out, and with no refresh", () => {
    const refreshed = afterMessage(signedIn, { type: "token_received", answer: answer() }, now);
    const changed = afterMessage(refreshed, { type: "user_changed", user: grace }, now);
    const over = afterMessage(changed, { type: "signed_out" }, now);
    const epochs = [initialState(null), signedIn, refreshed, changed, over, restored(signedIn)];
    expect(epochs.map(({ epoch }) => epoch)).toEqual([0, 1, 1, 1, 2, 2]);
  });

  test("holds no token and no user after a sign-out", () => {
    expect(signedOut(tokenWanted(signedIn))).toEqual({
      user: null,
      token: undefined,
      wanted: false,
      known: false,
      epoch: 2,
    });
  });

  test("ignores a token or a profile that arrives after the sign-out", () => {
    const over = signedOut(signedIn);
    expect(afterMessage(over, { type: "token_received", answer: answer() }, now)).toBe(over);
    expect(afterMessage(over, { type: "user_changed", user: grace }, now)).toBe(over);
  });

  test("loses a refused token, but not its successor", () => {
    expect(tokenRefused(signedIn, "token").token).toBeUndefined();
    expect(tokenRefused(signedIn, "an older one")).toBe(signedIn);
  });

  test("in doubt, wants a token exactly when a user was seen", () => {
    expect(inDoubt(signedIn)).toMatchObject({ token: undefined, wanted: true });
    expect(inDoubt(initialState(null))).toMatchObject({ token: undefined, wanted: false });
  });

  test("shows nobody after the back/forward cache, and remembers that there was a user", () => {
    expect(restored(signedIn)).toMatchObject({ user: undefined, token: undefined, known: true });
    const over = signedOut(signedIn);
    expect(restored(over)).toBe(over);
  });
});

describe("a refresh", () => {
  test("is due at once while the user is unknown, visible or not", () => {
    expect(untilRefresh(initialState(undefined), false)).toBe(0);
  });

  test("is never due without a user, without need, or in a hidden page", () => {
    expect(untilRefresh(initialState(null), true)).toBe(Infinity);
    expect(untilRefresh(signedIn, true)).toBe(Infinity);
    expect(untilRefresh(tokenWanted(signedIn), false)).toBe(Infinity);
    expect(untilRefresh(tokenDropped(tokenWanted(signedIn)), true)).toBe(Infinity);
  });

  test("is due at once when a token is wanted and there is none", () => {
    expect(untilRefresh(tokenWanted(initialState(ada)), true)).toBe(0);
  });
});
