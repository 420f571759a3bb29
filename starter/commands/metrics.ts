import { setTimeout as pause } from 'node:timers/promises';
import { atLeastOne } from '../choices.js';
import type { CommandDefinition } from '../command-definition.js';
import { exitCodes } from '../../control/failure.js';
import { toJson } from '../../control/json.js';
import { measure } from '../../control/metrics/measure.js';
import type { Measure } from '../../control/metrics/measured.js';
import { metricLines } from '../../control/metrics/metric-lines.js';
import { table } from '../table.js';

interface Options {
  every?: number;
  cloudwatch?: string;
}

/** seconds that a single look counts back */
const lookBack = 300;

export const metricsCommand: CommandDefinition<[], Options> = {
  options: (command) =>
    command
      .option('--every <seconds>', 'again and again, counting from look to look', atLeastOne)
      .option('--cloudwatch <namespace>', "lines in CloudWatch's embedded metric format"),
  examples: ['waterclock metrics', 'waterclock metrics --every 60 --cloudwatch Waterclock/dev'],
  async run(context, { every, cloudwatch, json }) {
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
    context.leaving('stopped');
    for (let since = Date.now() - (every ?? lookBack) * 1000; ;) {
      const at = new Date();
      show(await measure(temporal, taskQueue, new Date(since)), at);
      if (!every) return exitCodes.done;
      since = at.getTime();
      await pause(every * 1000);
    }
  },
};
