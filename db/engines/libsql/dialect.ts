/** libSQL is SQLite behind a server: the language is the same, only the driver differs. */
export { SqliteDialect } from "../sqlite/dialect.ts";
