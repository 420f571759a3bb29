import { setTimeout as pause } from 'node:timers/promises';
import { atLeastOne } from '../choices.js';
import type { CommandDefinition } from '../command-definition.js';
import { exitCodes } from '../../control/failure.js';
import { toJson } from '../../control/json.js';
import { measure } from '../../control/metrics/measure.js';
import type { Measure } from '../../control/metrics/measured.js';
import { serviceMetrics } from '../../model/service-metrics.js';
import { metricLines } from '../../control/metrics/metric-lines.js';
import { table } from '../table.js';

interface Options {
  every?: number;
  cloudwatch?: string;
  onDemand?: string;
}

/** seconds that a single look counts back */
const lookBack = 300;

export const metricsCommand: CommandDefinition<[], Options> = {
  options: (command) =>
    command
      .option('--every <seconds>', 'again and again, counting from look to look', atLeastOne)
      .option('--cloudwatch <namespace>', "lines in CloudWatch's embedded metric format")
      .option(
        '--on-demand <services>',
        'start these services of ECS when work is due, and stop them when there was none for a while',
      ),
  examples: [
    'waterclock metrics',
    'waterclock metrics --every 60 --cloudwatch Waterclock/dev',
    'waterclock metrics --every 30 --on-demand my-cluster/worker=1',
  ],
  async run(context, { every, cloudwatch, onDemand, json }) {
    const { terminal } = context;
    const { taskQueue } = context.settings();
    const temporal = await context.temporal();
    const show = (measures: Measure[], at: Date) => {
      if (cloudwatch) terminal.print(metricLines(cloudwatch, measures, at).join('\n'));
      else
        terminal.print(
          json
            ? toJson(measures)
            : table(
                measures.map((one) => ({ ...one })),
                { width: terminal.width() },
              ),
        );
    };
    const wake = onDemand === undefined ? undefined : await wakingOf(onDemand);
    context.leaving('stopped');
    for (let since = Date.now() - (every ?? lookBack) * 1000; ;) {
      const at = new Date();
      const measures = await measure(temporal, taskQueue, new Date(since));
      if (wake) {
        const { wanted, changes } = await wake(temporal, at.getTime());
        for (const change of changes) terminal.say(change);
        measures.push({ metric: serviceMetrics.wanted, value: wanted ? 1 : 0, queue: null });
      }
      show(measures, at);
      if (!every) return exitCodes.done;
      since = at.getTime();
      await pause(every * 1000);
    }
  },
};

/** loaded only where it is asked for */
async function wakingOf(text: string) {
  const [{ ecsServices, readOnDemand }, { waking }] = await Promise.all([
    import('../../control/on-demand/services.js'),
    import('../../control/on-demand/wake.js'),
  ]);
  return waking(ecsServices(readOnDemand(text)));
}
