import type { Settings } from './settings.js';

/** address of a workflow in the Web UI, when the deployment has one */
export function workflowLink(
  settings: Pick<Settings, 'webUi'>,
  namespace: string,
  workflowId: string,
  runId?: string,
): string | undefined {
  if (!settings.webUi) return undefined;
  const base = settings.webUi.replace(/\/+$/, '');
  return [
    base,
    'namespaces',
    namespace,
    'workflows',
    encodeURIComponent(workflowId).replaceAll('%3A', ':'),
    ...(runId ? [runId] : []),
  ].join('/');
}
