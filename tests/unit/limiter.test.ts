import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Claimant, createLimiter, QueueFullError } from "#lib/auth/guard/limiter.ts";

/** Enqueues jobs that all wait until `open` is called, and notes the order in which they run. */
function crowd() {
  const run = createLimiter(1, 200);
  const order: string[] = [];
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const add = (name: string, claimant: Claimant) =>
    run(async () => {
      await opened;
      order.push(name);
    }, claimant).then(
      () => "ran",
      (error: unknown) => {
        if (error instanceof QueueFullError) return "refused";
        throw error;
      },
    );
  return { add, order, open: () => open() };
}

// red team 2
describe("the queue of password hashes", () => {
  test("lets networks take turns: a flood from one delays another by one job", async () => {
    const { add, order, open } = crowd();
    const flood = Array.from({ length: 50 }, (_, i) => add(`hostile ${i}`, { network: "hostile" }));
    const honest = add("honest", { network: "elsewhere", account: "ada" });
    open();
    await Promise.all([...flood, honest]);
    expect(order.indexOf("honest")).toBe(2);
  });

  test("has a place for another network when one has filled it", async () => {
    const { add, order, open } = crowd();
    const flood = Array.from({ length: 250 }, (_, i) => add(`${i}`, { network: "hostile" }));
    const honest = add("honest", { network: "elsewhere" });
    open();
    expect(await honest).toBe("ran");
    expect(order.indexOf("honest")).toBe(2);
    const outcomes = await Promise.all(flood);
    // One runs, 200 wait, and the newest of these has made room.
    expect(outcomes.filter((outcome) => outcome === "ran")).toHaveLength(200);
    expect(outcomes[199]).toBe("ran");
    expect(outcomes[200]).toBe("refused");
  });

  test("lets the accounts of one network take turns as well", async () => {
    const { add, order, open } = crowd();
    const flood = Array.from({ length: 50 }, (_, i) =>
      add(`hostile ${i}`, { network: "office", account: "hostile" }),
    );
    const honest = add("honest", { network: "office", account: "ada" });
    open();
    await Promise.all([...flood, honest]);
    expect(order.indexOf("honest")).toBe(2);
  });

  test("has a place for another account of the network that has filled it", async () => {
    const { add, order, open } = crowd();
    const flood = Array.from({ length: 250 }, (_, i) =>
      add(`${i}`, { network: "office", account: "hostile" }),
    );
    const honest = add("honest", { network: "office", account: "ada" });
    open();
    expect(await honest).toBe("ran");
    expect(order.indexOf("honest")).toBe(2);
    expect((await Promise.all(flood)).filter((outcome) => outcome === "ran")).toHaveLength(200);
  });

  test("gives no account a place that has as much as any other", async () => {
    const { add, open } = crowd();
    const all = Array.from({ length: 201 }, (_, i) => add(`${i}`, { network: `network ${i}` }));
    expect(await add("one more", { network: "late" })).toBe("refused");
    open();
    expect((await Promise.all(all)).every((outcome) => outcome === "ran")).toBe(true);
  });

  test("serves one network in the order in which it came", async () => {
    const { add, order, open } = crowd();
    const names = Array.from({ length: 30 }, (_, i) => `${i}`);
    const added = names.map((name) => add(name, { network: "office" }));
    open();
    await Promise.all(added);
    expect(order).toEqual(names);
  });

  test("loses no job and no place, whoever comes and whatever fails", async () => {
    const claimant = fc.record({
      network: fc.constantFrom("a", "b", "c"),
      account: fc.constantFrom(undefined, "ada", "grace"),
    });
    const jobs = fc.array(fc.record({ claimant, fails: fc.boolean() }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(jobs, fc.integer({ min: 1, max: 3 }), async (all, width) => {
        const run = createLimiter(width, 8);
        let now = 0;
        let most = 0;
        const outcomes = await Promise.allSettled(
          all.map(({ claimant: of, fails }) =>
            run(async () => {
              now += 1;
              most = Math.max(most, now);
              await new Promise((resolve) => setImmediate(resolve));
              now -= 1;
              if (fails) throw new TypeError("failed");
            }, of),
          ),
        );
        expect(most).toBeLessThanOrEqual(width);
        const refused = outcomes.filter(
          (outcome) => outcome.status === "rejected" && outcome.reason instanceof QueueFullError,
        );
        if (all.length <= 8) expect(refused).toEqual([]);
        // Every place is free again.
        for (const network of ["a", "b", "c"]) {
          expect(await run(async () => "runs", { network, account: "ada" })).toBe("runs");
        }
      }),
      { numRuns: 200 },
    );
  });
});
