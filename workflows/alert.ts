import { ApplicationFailure } from '@temporalio/workflow';
import type { AlertInput } from '../model/alert.js';
import { route } from './route.js';

const { sendAlert } = route({
  startToCloseTimeout: '1 minute',
  scheduleToCloseTimeout: '24 hours',
  retry: { initialInterval: '5 seconds', backoffCoefficient: 2, maximumInterval: '10 minutes' },
});

/** tells one alert on each of its channels, for a day if need be; never touches the run */
export async function alert({ alert, channels }: AlertInput): Promise<void> {
  const settled = await Promise.allSettled(channels.map((channel) => sendAlert({ alert, channel })));
  const untold = channels.filter((_, at) => settled[at]?.status === 'rejected');
  if (untold.length > 0) throw ApplicationFailure.nonRetryable(`not told on ${untold.join(', ')}`, 'AlertUntold');
}
