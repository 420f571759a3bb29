import { alertChannels as known, type AlertChannel } from '../model/policy.js';
import type { AlertSettings } from '../model/settings.js';
import type { Dependencies } from './dependencies.js';
import type { Activities } from './types.js';

/** what each channel needs to have an address */
const isSet: Record<AlertChannel, (settings: AlertSettings) => boolean> = {
  log: () => true,
  webhook: ({ webhook }) => webhook !== undefined,
  slack: ({ slack }) => slack !== undefined,
  sns: ({ snsTopic }) => snsTopic !== undefined,
  email: ({ emailFrom, emailTo }) => emailFrom !== undefined && emailTo !== undefined,
};

/** those of the definition; of a pipeline that has none any more, all that have an address */
export function alertChannels({ pipelines, settings }: Dependencies): Activities['alertChannels'] {
  return async ({ pipeline }) => {
    const definition = pipelines.find(({ name }) => name === pipeline);
    return definition?.policy.alerts.failed ?? known.filter((channel) => isSet[channel](settings.alerts));
  };
}
