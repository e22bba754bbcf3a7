/**
 * Reads CSV back as a spreadsheet does, to check what was written.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */

/**
 * Reads a whole file.
 *
 * @param text Records that end in CRLF, cells perhaps in quotes.
 * @returns The cells of each record.
 * @throws {SyntaxError} when a quote stands where none may.
 */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  // A cell in quotes or plain, and what ends it.
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y;
  while (cell.lastIndex < text.length) {
    const start = cell.lastIndex;
    const match = cell.exec(text);
    if (match === null) {
      throw new SyntaxError(`Cannot parse CSV: stray text at ${start}`);
    }
    record.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === ",") continue;
    records.push(record);
    record = [];
  }
  return records;
}
