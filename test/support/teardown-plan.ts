import type { Synthesized, Template } from '../infra/templates.js';

interface Kept {
  stack: string;
  id: string;
  type: string;
  /** the next deployment would make another resource of the same name, and fail */
  fixedName?: string;
  /** stacks whose resources it uses on AWS: they cannot go before it does */
  holds: string[];
}

interface TeardownPlan {
  /** each only after those that use it */
  stacks: string[];
  /** what stays when its stack goes */
  kept: Kept[];
  /** what refuses to be deleted until somebody switches that off, as `stack type` */
  protections: string[];
}

/** properties that name a resource, and would be taken by the one that stayed */
const naming = ['BucketName', 'RepositoryName', 'LogGroupName', 'NamespaceName', 'WorkgroupName', 'Name', 'TableName'];
/** stacks whose resources others occupy while they exist: subnets and security groups with addresses in them */
const occupied = ['network'];

/** what a teardown has to do, by the templates */
export function teardownPlan({ stacks }: Synthesized): TeardownPlan {
  const exporters = new Map(
    Object.entries(stacks).flatMap(([stack, { Outputs = {} }]) =>
      Object.values(Outputs).flatMap((output) => {
        const name = (output as { Export?: { Name?: unknown } }).Export?.Name;
        return typeof name === 'string' ? [[name, stack] as const] : [];
      }),
    ),
  );
  const uses = (value: unknown) => new Set(imports(value).flatMap((name) => exporters.get(name) ?? []));
  const users = new Map(Object.entries(stacks).map(([stack, { Resources }]) => [stack, uses(Resources)]));
  return {
    stacks: ordered(users),
    kept: Object.entries(stacks).flatMap(([stack, template]) => keptOf(stack, template, uses)),
    protections: Object.entries(stacks).flatMap(([stack, { Resources }]) =>
      Object.values(Resources).flatMap(({ Type, Properties = {} }) =>
        isProtected(Properties) ? [`${stack} ${Type}`] : [],
      ),
    ),
  };
}

/** names that `Fn::ImportValue` asks for, however deep */
function imports(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => (key === 'Fn::ImportValue' ? [String(one)] : imports(one)));
}

/** one that no other uses goes first */
function ordered(users: Map<string, Set<string>>): string[] {
  const left = new Map(users);
  const order: string[] = [];
  while (left.size > 0) {
    const next = [...left.keys()].find(
      (stack) => ![...left].some(([other, uses]) => other !== stack && uses.has(stack)),
    );
    if (next === undefined) throw new Error(`stacks use each other: ${[...left.keys()].join(', ')}`);
    order.push(next);
    left.delete(next);
  }
  return order;
}

function keptOf(stack: string, { Resources }: Template, uses: (value: unknown) => Set<string>): Kept[] {
  return Object.entries(Resources).flatMap(([id, { Type: type, Properties = {}, DeletionPolicy }]) => {
    if (!(DeletionPolicy ?? 'Delete').startsWith('Retain')) return [];
    const fixedName = naming.map((key) => Properties[key]).find((name) => typeof name === 'string');
    const holds = [...uses(Properties)].filter((one) => occupied.includes(one));
    return [{ stack, id, type, holds, ...(fixedName !== undefined && { fixedName }) }];
  });
}

const isProtected = (properties: Record<string, unknown>): boolean =>
  properties['DeletionProtection'] === true ||
  properties['DeletionProtectionEnabled'] === true ||
  JSON.stringify(properties['LoadBalancerAttributes'] ?? '').includes('"deletion_protection.enabled","Value":"true"');
