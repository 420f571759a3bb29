import type { CfnResource } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { acknowledge } from './acknowledge.js';

export interface Permission {
  actions: string[];
  resources: string[];
  /** why a resource is a pattern: a `*` without a reason is refused */
  pattern?: string;
  conditions?: Record<string, Record<string, string | string[]>>;
}

/** metadata of a policy: the reason of each of its patterns, by statement id */
export const patternReasons = 'waterclock:patterns';

/** adds one statement to a role; the reason of a pattern is kept in the template, beside the policy */
export function allow(role: Role, sid: string, { actions, resources, pattern, conditions }: Permission): void {
  const wide = [...actions, ...resources].filter((name) => name.includes('*'));
  if (actions.some((action) => action.includes('*'))) {
    throw new Error(`${role.node.path} ${sid}: actions are named in full, got ${wide.join(', ')}`);
  }
  if (wide.length > 0 && !pattern) {
    throw new Error(
      `${role.node.path} ${sid}: ${wide.join(', ')} is a pattern: name the resources, or say in \`pattern\` why not`,
    );
  }
  role.addToPrincipalPolicy(new PolicyStatement({ sid, actions, resources, ...(conditions && { conditions }) }));
  if (!pattern || wide.length === 0) return;
  const policy = role.node.findChild('DefaultPolicy').node.defaultChild as CfnResource;
  policy.addMetadata(patternReasons, { ...policy.getMetadata(patternReasons), [sid]: pattern });
  acknowledge(role, 'IAM5', 'each pattern has its reason in the metadata of the policy');
}

/** the reason most statements about actions without resources share */
export const noResource = 'these actions know no resource';
