const cancelled = 'a step that is cancelled cancels its statement, which no recorded run does';
const collector = 'the collector beside the worker writes its metrics there: a program of AWS, which no test runs';

/** what is granted to tasks and no recorded call needs, by `sid action`, each with its reason */
export const uncalled: Record<string, Record<string, string>> = {
  workflows: {
    'OwnQueries redshift-data:CancelStatement': cancelled,
    'WriteMetrics logs:CreateLogStream': collector,
    'WriteMetrics logs:DescribeLogStreams': collector,
    'WriteMetrics logs:PutLogEvents': collector,
  },
  ingest: {
    'IngestObjects s3:AbortMultipartUpload':
      'an upload that is cancelled takes its parts away, which no recorded run does',
    'WriteMetrics logs:CreateLogStream': collector,
    'WriteMetrics logs:DescribeLogStreams': collector,
    'WriteMetrics logs:PutLogEvents': collector,
  },
  warehouse: {
    'OwnStatements redshift-data:CancelStatement': cancelled,
    'LoadBucket s3:ListBucket':
      'without it a manifest that is missing answers "forbidden", and the load would be tried again without end',
    'WriteMetrics logs:CreateLogStream': collector,
    'WriteMetrics logs:DescribeLogStreams': collector,
    'WriteMetrics logs:PutLogEvents': collector,
  },
  transform: {
    'WriteMetrics logs:CreateLogStream': collector,
    'WriteMetrics logs:DescribeLogStreams': collector,
    'WriteMetrics logs:PutLogEvents': collector,
  },
  operator: {
    'OwnQueries redshift-data:CancelStatement':
      'Ctrl-C ends the statement of a command, which no recorded command does',
    'Connect redshift-serverless:GetCredentials':
      'dbt describes the warehouse for `docs` as the role of its task; the local target has a password instead',
  },
};
