import {
  DescribeStatementCommand,
  GetStatementResultCommand,
  type DescribeStatementCommandOutput,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';

export async function finished(client: RedshiftDataClient, id: string): Promise<DescribeStatementCommandOutput> {
  for (;;) {
    const seen = await client.send(new DescribeStatementCommand({ Id: id, WaitTimeSeconds: 20 }));
    if (['FINISHED', 'FAILED', 'ABORTED'].includes(seen.Status ?? '')) return seen;
  }
}

/** of one page: values as they come over the wire, VARBYTE in hexadecimal digits, and the types and names of the columns */
export async function resultOf(
  client: RedshiftDataClient,
  id: string,
): Promise<{ rows: unknown[][]; types: string[]; names: string[] }> {
  const { Records = [], ColumnMetadata = [] } = await client.send(new GetStatementResultCommand({ Id: id }));
  const value = (found: unknown) => (found instanceof Uint8Array ? Buffer.from(found).toString('hex') : found);
  return {
    rows: Records.map((record) => record.map((field) => (field.isNull ? null : value(Object.values(field)[0])))),
    types: ColumnMetadata.map(({ typeName = '' }) => typeName),
    names: ColumnMetadata.map(({ name = '' }) => name),
  };
}
