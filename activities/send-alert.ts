import { workflowLink } from '../model/link.js';
import { channels } from './alerts/channels.js';
import type { Dependencies } from './dependencies.js';
import type { Activities } from './types.js';

export function sendAlert({ settings, client }: Pick<Dependencies, 'settings' | 'client'>): Activities['sendAlert'] {
  return async ({ alert, channel }) => {
    const link = workflowLink(settings, client.options.namespace, alert.workflowId, alert.runId);
    await channels[channel](alert, link, settings.alerts);
  };
}
