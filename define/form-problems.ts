import type { CsvForm, RecordForm } from '../model/record-form.js';

/** what is wrong with how records are read */
export function formProblems(records: RecordForm): string[] {
  return records.form === 'csv' ? csvProblems(records) : [];
}

function csvProblems({ delimiter = ',', quote = '"', header, encoding }: CsvForm): string[] {
  const isOne = (text: string) => text.length === 1 && text.charCodeAt(0) < 0x80 && text !== '\n' && text !== '\r';
  const names = Array.isArray(header) ? header : undefined;
  const twice = names?.find((name, at) => names.indexOf(name) < at);
  return [
    ...(isOne(delimiter)
      ? []
      : [`its records.delimiter must be one ASCII character, got ${JSON.stringify(delimiter)}`]),
    ...(quote === false || isOne(quote)
      ? []
      : [`its records.quote must be one ASCII character, or false, got ${JSON.stringify(quote)}`]),
    ...(quote === delimiter ? [`its records.quote and records.delimiter are both ${JSON.stringify(delimiter)}`] : []),
    ...(names?.length === 0 ? ['its records.header names no column: true reads the names from the first row'] : []),
    ...(twice === undefined ? [] : [`its records.header has '${twice}' twice`]),
    ...(encoding === undefined || isEncoding(encoding)
      ? []
      : [
          `its records.encoding '${encoding}' is not known: names are those of the Encoding Standard, as 'windows-1252'`,
        ]),
  ];
}

function isEncoding(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== '';
  } catch {
    return false;
  }
}
