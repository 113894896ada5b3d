import { expect, test } from "vitest";
import { csvLine } from "../../scripts/lib/csv.ts";

test("a line of CSV has every cell in quotes, and ends as RFC 4180 says", () => {
  expect(csvLine([1, "a,b", 'say "hi"', "two\nlines", ""])).toBe(
    '"1","a,b","say ""hi""","two\nlines",""\r\n',
  );
});

// Formula injection: OWASP "CSV Injection", ASVS 1.2.10
test.each([
  "=1+1",
  "+1",
  "-1",
  "@SUM(A1)",
  " =1",
  "\t=1",
  "\r=1",
  "\n",
  "＝1",
  "＋1",
  "－1",
  "＠x",
])("a cell that a spreadsheet could run is text: %j", (cell) => {
  expect(csvLine([cell])).toBe(`"'${cell}"\r\n`);
});

test.each(["ada", "a=b", "ada@example.com", "'=1", "李雷", "1-2"])("%j stays as it is", (cell) => {
  expect(csvLine([cell])).toBe(`"${cell}"\r\n`);
});
