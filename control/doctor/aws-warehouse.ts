import {
  GetNamespaceCommand,
  GetWorkgroupCommand,
  RedshiftServerlessClient,
} from '@aws-sdk/client-redshift-serverless';
import type { Finding } from './finding.js';

/** the workgroup answers, and its namespace may assume the role that COPY reads the lake with */
export async function workgroupCheck(
  workgroupName: string,
  namespaceName: string,
  copyRole: string,
): Promise<Omit<Finding, 'check'>> {
  const client = new RedshiftServerlessClient();
  try {
    const [{ workgroup }, { namespace }] = await Promise.all([
      client.send(new GetWorkgroupCommand({ workgroupName })),
      client.send(new GetNamespaceCommand({ namespaceName })),
    ]);
    if (workgroup?.status !== 'AVAILABLE') {
      const remedy = 'wait until it is AVAILABLE, or look at it in the Redshift console';
      return { ok: false, found: `workgroup ${workgroupName} is ${workgroup?.status ?? 'unknown'}`, remedy };
    }
    // `arn`, or `IamRole(applyStatus=in-sync, iamRoleArn=arn)`
    if (!namespace?.iamRoles?.some((role) => role.includes(copyRole))) {
      const remedy = 'deploy the warehouse stack again: COPY cannot read the lake without it';
      return { ok: false, found: `namespace ${namespaceName} does not have the role ${copyRole}`, remedy };
    }
    return { ok: true, found: `${workgroupName} is available at ${workgroup.endpoint?.address ?? 'no address'}` };
  } finally {
    client.destroy();
  }
}
