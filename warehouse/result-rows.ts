import { GetStatementResultCommand, type Field, type RedshiftDataClient } from '@aws-sdk/client-redshift-data';

type Value = string | number | boolean | bigint | null;
export type Row = Record<string, Value>;

export async function resultRows(client: RedshiftDataClient, id: string): Promise<Row[]> {
  const found: Row[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(new GetStatementResultCommand({ Id: id, NextToken: token }));
    const names = (page.ColumnMetadata ?? []).map((column) => column.label ?? column.name ?? '');
    const numeric = (page.ColumnMetadata ?? []).map((column) => column.typeName === 'numeric');
    for (const record of page.Records ?? []) {
      found.push(
        Object.fromEntries(record.map((field, at) => [names[at] ?? '', valueOf(field, numeric[at] ?? false)])),
      );
    }
    token = page.NextToken;
  } while (token);
  return found;
}

/** numeric comes as text; it becomes a number where that loses nothing */
function valueOf(field: Field, isNumeric: boolean): Value {
  if (field.isNull) return null;
  const value = field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue;
  if (isNumeric && typeof value === 'string' && String(Number(value)) === value) return Number(value);
  return value ?? (field.blobValue ? Buffer.from(field.blobValue).toString('base64') : null);
}
