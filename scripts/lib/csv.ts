/**
 * A line of CSV (RFC 4180) that a spreadsheet shows and does not run: a cell that could be a formula
 * gets an apostrophe in front (OWASP, "CSV Injection"; ASVS 1.2.10).
 */
export function csvLine(cells: (string | number)[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

function cell(value: string | number): string {
  const text = String(value);
  // NFKC, because some programs take a full-width sign for a sign as well.
  const isFormula = /^\s*[=+\-@]/.test(text.normalize("NFKC")) || /^[\t\r\n]/.test(text);
  return `"${isFormula ? "'" : ""}${text.replaceAll('"', '""')}"`;
}
