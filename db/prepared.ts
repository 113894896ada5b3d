/** Queries that run with every request: Kysely builds and compiles each of them once. */
import {
  type Compilable,
  type CompiledQuery,
  type Expression,
  type QueryResult,
  sql,
} from "kysely";
import type { Query } from "./database.ts";

/** Stands in a compiled query where a value will be. */
class Placeholder {
  readonly name: PropertyKey;

  constructor(name: PropertyKey) {
    this.name = name;
  }
}

/** Puts the value that a call passes as `name` into the query. */
type Param<Values> = <Name extends keyof Values>(name: Name) => Expression<Values[Name]>;

/**
 * Returns a function that runs the query of `build` with the values of each call, by name. It takes
 * two calls, because TypeScript infers either all type arguments or none: the first names `Values`,
 * the second infers the row.
 */
export function prepared<Values extends object>() {
  const param: Param<Values> = (name) => sql.val(new Placeholder(name)) as Expression<never>;

  return <Row>(build: (db: Query, param: Param<Values>) => Compilable<Row>) => {
    // One SQL text for each engine; transactions share the adapter of theirs.
    const compiled = new WeakMap<object, CompiledQuery<Row>>();

    return (db: Query, values: Values): Promise<QueryResult<Row>> => {
      const { adapter } = db.getExecutor();
      const query = compiled.get(adapter) ?? build(db, param).compile();
      compiled.set(adapter, query);
      const parameters = query.parameters.map((parameter) =>
        parameter instanceof Placeholder ? values[parameter.name as keyof Values] : parameter,
      );
      return db.executeQuery({ ...query, parameters });
    };
  };
}
