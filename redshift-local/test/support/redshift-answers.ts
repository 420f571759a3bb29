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

/** rows of one page, values as they come over the wire */
export async function rowsOf(client: RedshiftDataClient, id: string): Promise<unknown[][]> {
  const { Records } = await client.send(new GetStatementResultCommand({ Id: id }));
  return (Records ?? []).map((record) => record.map((field) => (field.isNull ? null : Object.values(field)[0])));
}
