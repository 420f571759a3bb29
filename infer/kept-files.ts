import type { RecordForm } from '../model/record-form.js';
import { wholeRows } from './csv-sample.js';
import type { InferredSample } from './infer-sample.js';
import type { ReadSample } from './read-sample.js';

/** a sample is part of a repository: what is kept of it is a few MB at most */
const mostKept = 4 * 1024 * 1024;

/** keys that answers repeat in the addresses of their links */
const keysInAddresses = /([?&](?:api_?key|access_?token|auth_?token|token|key|sig|signature)=)[^&"\s\\]+/gi;

/** the files of the sample folder, as they were read; keys in addresses, and secrets that were given, are masked */
export function keptFiles({ files, form }: InferredSample, { origin }: ReadSample): { path: string; text: string }[] {
  const isObjects = origin.kind === 's3' || (origin.kind === 'file' && form.form !== 'json');
  const secrets =
    origin.kind === 'http' ? Object.values(origin.address.secrets).filter(({ length }) => length > 5) : [];
  const kept: { path: string; text: string }[] = [];
  let size = 0;
  for (const { name, text } of isObjects ? files : files.slice(0, 1)) {
    const masked = secrets.reduce((all, one) => all.replaceAll(one, '***'), text.replace(keysInAddresses, '$1***'));
    const whole = firstRecords(masked, form, mostKept - size);
    if (whole === '') break;
    kept.push({ path: isObjects ? `objects/${name}` : name, text: whole });
    size += whole.length;
    if (size >= mostKept) break;
  }
  return kept;
}

function firstRecords(text: string, form: RecordForm, most: number): string {
  if (form.form === 'json') return text;
  if (form.form === 'csv') return text.length <= most ? text : wholeRows(text, form, most);
  return firstLines(text, most);
}

/** whole lines of so many letters at most, but one at least */
function firstLines(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = text.lastIndexOf('\n', Math.max(0, most));
  return text.slice(0, end > 0 ? end + 1 : text.indexOf('\n') + 1);
}
