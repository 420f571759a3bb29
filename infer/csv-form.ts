import { csvMarks, csvRows } from '../records/csv-rows.js';
import { parseCsvFields } from '../records/parse-csv.js';
import type { CsvForm } from '../model/record-form.js';
import { refuse } from '../control/failure.js';
import { cellKind } from './csv-cells.js';

/** rows by which the form of a file is judged */
const mostLooked = 1_000;
const delimiters = [',', '\t', ';', '|'];
/** what exports write in place of null, beside nothing at all */
const nullTexts = ['\\N', 'NULL', 'null', 'NA', 'N/A'];

interface Looked {
  form: CsvForm;
  rows: ReturnType<typeof parseCsvFields>[];
  faults: number;
}

/** how a file of CSV or TSV is read, by what its first rows have in common */
export function csvForm(name: string, text: string): CsvForm {
  if (text.includes('\uFFFD'))
    refuse(`${name} is not UTF-8: convert it first, and name its encoding in \`records\` of the definition afterwards`);
  const { form, rows } = bestForm(text);
  const [first, second] = rows;
  if (!first) refuse(`${name} is empty: a definition is made from records that came`);
  const header = headerOf(first.map(({ text }) => text));
  const names = Array.isArray(header) ? header : first.map(({ text }) => text);
  const twice = names.find((one, at) => names.indexOf(one) < at);
  if (twice !== undefined) refuse(`${name}: its header has the column '${twice}' twice: give each its own name`);
  if (!second && !header) refuse(`${name} has no record: a definition is made from records that came`);
  const nullText = nullTextOf(header ? rows : rows.slice(1));
  return { ...form, ...(header && { header }), ...(nullText !== undefined && { nullText }) };
}

function bestForm(text: string): Looked {
  const bytes = Buffer.from(text);
  const looked = delimiters.flatMap((delimiter) => [
    look(bytes, { form: 'csv', ...(delimiter !== ',' && { delimiter }) }),
    look(bytes, { form: 'csv', ...(delimiter !== ',' && { delimiter }), quote: false }),
  ]);
  const [best] = looked.toSorted((a, b) => a.faults - b.faults || widthOf(b) - widthOf(a));
  return best ?? look(bytes, { form: 'csv' });
}

const widthOf = ({ rows: [first = []] }: Looked) => first.length;

/** faults: rows that are broken, or have another number of fields than the first; one column alone says nothing */
function look(bytes: Buffer, form: CsvForm): Looked {
  const rows: Looked['rows'] = [];
  let faults = 0;
  for (const { from, to, fault } of csvRows(bytes, csvMarks(form), true)) {
    if (fault !== undefined) faults++;
    else if (to > from) rows.push(parseCsvFields(bytes.toString('utf8', from, to), form));
    if (rows.length + faults >= mostLooked) break;
  }
  const [first = []] = rows;
  faults += rows.filter((row) => row.length !== first.length).length;
  // unless they are the delimiters that nobody uses, quotes around a field are not part of it
  if (form.quote === false && rows.some((row) => row.some(({ text }) => /^".*"$/.test(text)))) faults++;
  return { form, rows, faults: first.length > 1 ? faults : faults + rows.length };
}

/** names for a file whose first row is a record already: no column is named as a number or a time */
function headerOf(first: string[]): string[] | undefined {
  const isData = first.some((text) => text !== '' && cellKind(text) !== 'text');
  return isData ? first.map((_, at) => `column_${at + 1}`) : undefined;
}

function nullTextOf(rows: Looked['rows']): string | undefined {
  const plain = new Set(rows.flatMap((row) => row.flatMap(({ text, isQuoted }) => (isQuoted ? [] : [text]))));
  const found = nullTexts.find((text) => plain.has(text));
  // a file that leaves fields empty has its nulls there; of databases, \N is one whatever else is there
  return found === '\\N' || !plain.has('') ? found : undefined;
}
