import { account, arn } from '../aws-calls/aws-call.js';

/** what the pipelines ask of AWS, and what the settings of an environment must name for them */
export const places = {
  /** a bucket of others */
  source: 'recorded-source',
  /** another one, which a role reads */
  lent: 'recorded-lent',
  role: `arn:aws:iam::${account}:role/recorded-lender`,
  /** of programs beside a worker */
  programs: `arn:aws:iam::${account}:role/recorded-programs`,
  raw: 'recorded-raw',
  queue: 'https://sqs.eu-central-1.amazonaws.com/111122223333/recorded-events',
  secret: arn('secretsmanager', 'secret:recorded-token-AbCdEf'),
  topic: arn('sns', 'recorded-alerts'),
  sender: 'waterclock@example.com',
} as const;
