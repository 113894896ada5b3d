/** Queries that run with every request: Kysely builds and compiles each of them once. */
import type { Compilable, CompiledQuery, QueryResult } from "kysely";
import type { Query } from "./database.ts";

/** Stands in the query where a value will be. */
class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A function that runs the query of `build`. What `build` takes from its values may only be put
 * into the query, as they are not known yet.
 */
export function prepared<Values extends object, Row>(
  build: (db: Query, values: Values) => Compilable<Row>,
): (db: Query, values: Values) => Promise<QueryResult<Row>> {
  const slots = new Proxy({}, { get: (_, name) => new Slot(String(name)) }) as Values;
  // What SQL it is depends on the engine, and transactions share the adapter of theirs.
  const compiled = new WeakMap<object, CompiledQuery<Row>>();

  return (db, values) => {
    const { adapter } = db.getExecutor();
    const query = compiled.get(adapter) ?? build(db, slots).compile();
    compiled.set(adapter, query);
    const parameters = query.parameters.map((parameter) =>
      parameter instanceof Slot ? values[parameter.name as keyof Values] : parameter,
    );
    return db.executeQuery({ ...query, parameters });
  };
}
