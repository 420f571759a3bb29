import type { RawRecord } from '../../records/raw-record.js';
import type { RawPart } from '../../model/plan.js';

/** a single record up to here may be just that: one bad record */
const smallRecord = 4_096;
const mostNamed = 3;

/** a source file of a part, as far as it is read */
export interface SeenFile {
  read: number;
  broken: number;
  /** of the first one */
  reason: string;
  isLarge: boolean;
}

export function sawRecord(files: SeenFile[], { source }: RawRecord): void {
  seenFile(files, source).read++;
}

export function sawBroken(files: SeenFile[], record: RawRecord, reason: string): void {
  const file = seenFile(files, record.source);
  if (file.broken++ > 0) return;
  const hint = looksLike(record.block.subarray(record.from, Math.min(record.to, record.from + smallRecord)));
  file.reason = hint ? `${reason}; ${hint}` : reason;
  file.isLarge = hint !== undefined || (record.tooLong ?? record.to - record.from) > smallRecord;
}

/** files of which not one record can be read, in words, some of them: what counts as one bad record may be a whole file */
export function unreadableFiles(files: readonly SeenFile[], sources: RawPart['sources']): string[] {
  return files
    .flatMap(({ read, broken, reason, isLarge }, at) =>
      read === 0 && (broken > 1 || isLarge) ? [`${sources[at]?.name ?? 'a file'}: ${reason}`] : [],
    )
    .slice(0, mostNamed);
}

function seenFile(files: SeenFile[], source: number): SeenFile {
  return (files[source] ??= { read: 0, broken: 0, reason: '', isLarge: false });
}

const marks: [string, string][] = [
  ['28b52ffd', 'zstd'],
  ['425a68', 'bzip2'],
  ['504b0304', 'a zip archive'],
  ['50415231', 'Parquet'],
  ['4f626a01', 'Avro'],
  ['4f5243', 'ORC'],
  ['1f8b', 'gzip inside of gzip'],
];

/** what a record that is not JSON may be instead */
function looksLike(bytes: Buffer): string | undefined {
  const hex = bytes.subarray(0, 4).toString('hex');
  const binary = marks.find(([mark]) => hex.startsWith(mark));
  if (binary) return `it looks like ${binary[1]}`;
  if (bytes.includes(0)) return 'it holds zero bytes, as UTF-16 without its mark does';
  if (bytes[0] === 0x5b) return "it looks like a JSON array: records: { form: 'json' } reads one";
  if (bytes[0] === 0x3c) return 'it looks like HTML or XML';
  return undefined;
}
