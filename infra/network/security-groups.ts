import type { Stack } from 'aws-cdk-lib';
import { Peer, Port, SecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { acknowledge } from '../acknowledge.js';

const groups = {
  tasks: 'tasks of the image: workers, metrics, operator',
  temporal: 'the services of Temporal among themselves',
  frontend: 'the frontend that clients may reach',
  frontendBalancer: 'the load balancer before the frontend',
  webUi: 'the Web UI',
  webUiBalancer: 'the load balancer before the Web UI',
  database: 'the database of Temporal',
  files: 'the file system of a single Temporal',
  warehouse: 'the Redshift workgroup',
  endpoints: 'interface endpoints',
} as const;

export type GroupName = keyof typeof groups;

/** from, to, ports */
const rules: [GroupName, GroupName, Port, string][] = [
  ['tasks', 'warehouse', Port.tcp(5439), 'dbt'],
  ['tasks', 'frontend', Port.tcp(7233), 'the single Temporal'],
  ['tasks', 'frontendBalancer', Port.tcp(7233), 'clients'],
  ['webUi', 'frontendBalancer', Port.tcp(7233), 'the Web UI asks as its user'],
  ['frontendBalancer', 'frontend', Port.tcp(7233), 'clients'],
  ['webUiBalancer', 'webUi', Port.tcp(8080), 'people'],
  ['temporal', 'temporal', Port.tcpRange(6933, 6939), 'membership'],
  ['temporal', 'temporal', Port.tcpRange(7233, 7239), 'calls between services'],
  ['temporal', 'frontend', Port.tcpRange(6933, 6939), 'membership'],
  ['frontend', 'frontend', Port.tcpRange(6933, 6939), 'membership'],
  ['frontend', 'temporal', Port.tcpRange(6933, 6939), 'membership'],
  ['frontend', 'temporal', Port.tcpRange(7234, 7239), 'calls to the services'],
  ['temporal', 'database', Port.tcp(5432), 'persistence'],
  ['frontend', 'database', Port.tcp(5432), 'persistence'],
  ['frontend', 'files', Port.tcp(2049), 'history of a single Temporal'],
  ['tasks', 'endpoints', Port.tcp(443), 'services of AWS'],
  ['temporal', 'endpoints', Port.tcp(443), 'services of AWS'],
  ['frontend', 'endpoints', Port.tcp(443), 'services of AWS'],
  ['webUi', 'endpoints', Port.tcp(443), 'services of AWS'],
];

/** what starts no connections but those of the rules */
const closed: GroupName[] = ['database', 'files', 'warehouse', 'endpoints', 'webUiBalancer', 'frontendBalancer'];

/** who may speak with whom; only the load balancer of the Web UI is open to the internet */
export function securityGroups(stack: Stack, vpc: IVpc): Record<GroupName, SecurityGroup> {
  const made = Object.fromEntries(
    Object.entries(groups).map(([name, description]) => [
      name,
      new SecurityGroup(stack, `${name}Group`, {
        vpc,
        description,
        allowAllOutbound: !closed.includes(name as GroupName),
      }),
    ]),
  ) as Record<GroupName, SecurityGroup>;
  for (const [from, to, port, why] of rules) {
    made[to].addIngressRule(made[from], port, why);
    if (closed.includes(from)) made[from].addEgressRule(made[to], port, why);
  }
  made.webUiBalancer.addIngressRule(Peer.anyIpv4(), Port.tcp(443), 'people, who then sign in');
  acknowledge(made.webUiBalancer, 'EC23', 'the one way in from the internet: it lets through who has signed in');
  return made;
}
