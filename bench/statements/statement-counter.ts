import { ListStatementsCommand, RedshiftDataClient } from '@aws-sdk/client-redshift-data';

/** counts the statements that a Data API received, from all clients; a batch counts as the statements in it */
export function statementCounter(environment: Record<string, string>) {
  const client = new RedshiftDataClient({
    endpoint: environment['AWS_ENDPOINT_URL_REDSHIFT_DATA'] ?? '',
    region: environment['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  });
  return {
    async count(): Promise<number> {
      let count = 0;
      let NextToken: string | undefined;
      do {
        const page = await client.send(new ListStatementsCommand({ Status: 'ALL', MaxResults: 100, NextToken }));
        for (const { QueryStrings } of page.Statements ?? []) count += Math.max(1, QueryStrings?.length ?? 1);
        ({ NextToken } = page);
      } while (NextToken);
      return count;
    },
    close: () => client.destroy(),
  };
}
