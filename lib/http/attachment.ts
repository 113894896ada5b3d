/**
 * The Content-Disposition of a file that is to be saved. Headers carry ASCII only, so any other name
 * comes in a second form (RFC 6266 §5, RFC 8187).
 */
export function attachment(filename: string): string {
  const ascii = filename.replace(/[^\w.@+ -]/g, "_");
  const plain = `attachment; filename="${ascii}"`;
  return ascii === filename ? plain : `${plain}; filename*=UTF-8''${encode(filename)}`;
}

/** These four are no attr-char, and encodeURIComponent leaves them alone. */
function encode(filename: string): string {
  return encodeURIComponent(filename).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
