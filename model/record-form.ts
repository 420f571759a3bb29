/** how a raw object is read as records; `at`: the list's place in a document, `'data.items'` */
export type RecordForm = { form: 'ndjson' } | { form: 'json'; at?: string };
