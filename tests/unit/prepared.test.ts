import { sql } from "kysely";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Database, openDatabase } from "#db/index.ts";
import { prepared } from "#db/prepared.ts";

let db: Database;

beforeAll(() => {
  db = openDatabase("file::memory:");
});

afterAll(() => db.close());

const shown = prepared<{ text: string; number: number }>()((db, param) =>
  db.selectNoFrom([
    sql<string>`upper(${param("text")})`.as("text"),
    sql<number>`${param("number")} + 1`.as("next"),
    sql<number>`${param("number")} * ${10}`.as("tenfold"),
  ]),
);

test("binds values by name, as often as the query uses them", async () => {
  const { rows } = await shown(db.query, { number: 4, text: "a" });
  expect(rows).toEqual([{ text: "A", next: 5, tenfold: 40 }]);
  // A value is data, never part of the query.
  const quoted = await shown(db.query, { text: "'); --", number: -1 });
  expect(quoted.rows).toEqual([{ text: "'); --", next: 0, tenfold: -10 }]);
});

test("builds a query once for all calls, in and out of transactions", async () => {
  const build = vi.fn((query: Database["query"]) => query.selectNoFrom(sql<number>`1`.as("one")));
  const one = prepared<object>()(build);
  for (let i = 0; i < 3; i += 1) {
    await one(db.query, {});
    await db.atomically(({ query }) => one(query, {}));
  }
  expect(build).toHaveBeenCalledTimes(1);
});

test("an unknown, missing or mistyped parameter is a type error", () => {
  const never = () => {
    // @ts-expect-error there is no `other`
    prepared<{ id: string }>()((db, param) => db.selectNoFrom(param("other").as("other")));
    // @ts-expect-error `number` is missing
    void shown(db.query, { text: "a" });
    // @ts-expect-error `number` is a number
    void shown(db.query, { text: "a", number: "1" });
    prepared<{ id: number }>()((db, param) =>
      // @ts-expect-error an id is a string
      db.selectFrom("users").selectAll().where("id", "=", param("id")),
    );
  };
  expect(never).toBeTypeOf("function");
});
