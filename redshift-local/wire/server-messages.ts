function message(code: string, ...parts: Buffer[]): Buffer {
  const head = Buffer.alloc(5, code, 'latin1');
  head.writeUInt32BE(
    parts.reduce((sum, part) => sum + part.length, 4),
    1,
  );
  return Buffer.concat([head, ...parts]);
}

const text = (value: string) => Buffer.from(`${value}\0`);
const int16 = (value: number) => {
  const made = Buffer.alloc(2);
  made.writeInt16BE(value);
  return made;
};
const int32 = (value: number) => {
  const made = Buffer.alloc(4);
  made.writeInt32BE(value | 0);
  return made;
};

export const authenticationOk = message('R', int32(0));
export const askPassword = message('R', int32(3));
export const parseComplete = message('1');
export const bindComplete = message('2');
export const closeComplete = message('3');
export const noData = message('n');
export const emptyQuery = message('I');
export const portalSuspended = message('s');

export const parameterStatus = (name: string, value: string) => message('S', text(name), text(value));
export const keyData = (pid: number, secret: number) => message('K', int32(pid), int32(secret));
export const readyForQuery = (status: string) => message('Z', Buffer.from(status));
export const commandComplete = (tag: string) => message('C', text(tag));
export const parameterDescription = (types: number[]) => message('t', int16(types.length), ...types.map(int32));

/** one column as RowDescription has it */
export interface Field {
  name: string;
  tableID: number;
  columnID: number;
  dataTypeID: number;
  dataTypeSize: number;
  dataTypeModifier: number;
}

/** formats as Bind gives them: none is text, one is for all columns */
export const formatAt = (formats: number[], at: number) => (formats.length > 1 ? formats[at] : formats[0]) ?? 0;

export const rowDescription = (fields: Field[], formats: number[] = []) =>
  message(
    'T',
    int16(fields.length),
    ...fields.flatMap((field, at) => [
      text(field.name),
      int32(field.tableID),
      int16(field.columnID),
      int32(field.dataTypeID),
      int16(field.dataTypeSize),
      int32(field.dataTypeModifier),
      int16(formatAt(formats, at)),
    ]),
  );

export interface Said {
  severity: string;
  code: string;
  message: string;
  detail?: string | undefined;
}

const said = (code: string, { severity, code: state, message: words, detail }: Said) =>
  message(
    code,
    ...Object.entries({ S: severity, C: state, M: words, ...(detail !== undefined && { D: detail }) }).map(
      ([field, value]) => text(`${field}${value}`),
    ),
    Buffer.alloc(1),
  );

export const errorResponse = (what: Said) => said('E', what);
export const noticeResponse = (what: Said) => said('N', what);

/** values of a DataRow, null as null */
export function valuesOf(row: Buffer): (Buffer | null)[] {
  let at = 7;
  return Array.from({ length: row.readInt16BE(5) }, () => {
    const size = row.readInt32BE(at);
    at += 4 + Math.max(size, 0);
    return size < 0 ? null : row.subarray(at - size, at);
  });
}

export const dataRow = (values: (Buffer | null)[]) =>
  message(
    'D',
    int16(values.length),
    ...values.flatMap((value) => (value === null ? [int32(-1)] : [int32(value.length), value])),
  );
