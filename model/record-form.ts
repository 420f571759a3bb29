/** how a raw object is read as records; `at`: the list's place in a document, `'data.items'`, or the record's in its line, `'record.data'` */
export type RecordForm = { form: 'ndjson'; at?: string } | { form: 'json'; at?: string } | CsvForm;

/** a row is a record of texts by the names of its columns, which the schema turns into numbers, booleans and times */
export interface CsvForm {
  /** rows of CSV or TSV, with a header */
  form: 'csv';
  /** one character, `'\t'` in TSV; a comma when absent */
  delimiter?: string;
  /** one character, doubled within a field; a double quote when absent, `false` where nothing is quoted */
  quote?: string | false;
  /** the first row of each object has the names of the columns (when absent too), or the names where it has none */
  header?: true | string[];
  /** what an unquoted field holds in place of null: nothing when absent, `'\\N'` in exports of several databases */
  nullText?: string;
  /** as the Encoding Standard names it, `'windows-1252'`; UTF-8 when absent, UTF-16 where a file has its mark */
  encoding?: string;
}
