/** US dollars: list prices of eu-central-1 as of 2025, an assumption to check in the AWS pricing calculator; one table for every page that names a price */
export const prices = {
  'Fargate, vCPU': { unit: 'hours', price: 0.04656 },
  'Fargate, memory': { unit: 'GB-hours', price: 0.00511 },
  // what AWS has to spare changes its price: about 70 % below
  'Fargate Spot, vCPU': { unit: 'hours', price: 0.01397 },
  'Fargate Spot, memory': { unit: 'GB-hours', price: 0.00153 },
  'NAT gateways': { unit: 'hours', price: 0.052 },
  'NAT gateways, data': { unit: 'GB', price: 0.052 },
  'public IPv4 addresses': { unit: 'hours', price: 0.005 },
  'interface endpoints': { unit: 'hours', price: 0.012 },
  'interface endpoints, data': { unit: 'GB', price: 0.01 },
  'load balancers': { unit: 'hours', price: 0.027 },
  'Aurora, capacity': { unit: 'ACU-hours', price: 0.14 },
  'Aurora, storage': { unit: 'GB', price: 0.119 },
  'Aurora, requests': { unit: 'millions', price: 0.22 },
  // https://temporal.io/pricing: a month of the smallest plan has a million actions
  'Temporal Cloud, plan': { unit: 'months', price: 100 },
  'Redshift, capacity': { unit: 'RPU-hours', price: 0.451 },
  'Redshift, storage': { unit: 'GB', price: 0.0256 },
  'S3, storage': { unit: 'GB', price: 0.0245 },
  'S3, requests': { unit: 'thousands', price: 0.0054 },
  'EFS, storage': { unit: 'GB', price: 0.36 },
  'KMS keys': { unit: 'keys', price: 1 },
  secrets: { unit: 'secrets', price: 0.4 },
  'ECR, storage': { unit: 'GB', price: 0.1 },
  'logs, written': { unit: 'GB', price: 0.63 },
  'metrics of our own': { unit: 'metrics', price: 0.3 },
  'alarms, metrics': { unit: 'metrics', price: 0.1 },
  dashboards: { unit: 'dashboards', price: 3 },
} as const satisfies Record<string, { unit: string; price: number }>;

export type Item = keyof typeof prices;
