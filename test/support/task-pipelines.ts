import { z } from 'zod';
import { defineEntity } from '../../define/entity.js';
import { definePipeline } from '../../define/pipeline.js';
import { secret } from '../../sources/declare.js';
import { task } from '../../tasks/declare.js';

const rows = () => [defineEntity({ name: 'rows', mode: 'append', schema: z.object({ id: z.string() }) })];
const common = { description: 'a test', schedule: { every: '1 hour', start: '2022-11-24T00:00:00Z' } } as const;

/** pipelines whose source is test/support/task-export.mjs; `gates`: a folder of what holds it up */
export const taskPipelines = (program: string, gates: string) => [
  definePipeline({
    ...common,
    name: 'exported',
    params: z.object({ gate: z.string().optional() }),
    retries: { extract: { attempts: 5, initial: '1 second', maximum: '1 second' } },
    source: task({
      command: ['node', program, '{start:epoch}'],
      environment: {
        GATES: gates,
        TOKEN: secret('EXPORT_TOKEN'),
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      },
      grace: '2 seconds',
    }),
    entities: rows(),
  }),
  definePipeline({
    ...common,
    name: 'contained',
    params: z.object({ gate: z.string().optional() }),
    retries: { extract: { attempts: 5, initial: '1 second', maximum: '1 second' } },
    source: task({
      image: 'etl:1',
      command: ['node', 'task-export.mjs', '{start:epoch}'],
      environment: { GATES: gates, TOKEN: secret('EXPORT_TOKEN') },
    }),
    entities: rows(),
  }),
  definePipeline({
    ...common,
    name: 'framed',
    params: z.object({ gate: z.string().optional(), code: z.int().default(0) }),
    source: task({ command: ['sh', '-c', 'echo "{\\"id\\":\\"a\\"}"'], output: 'stdout' }),
    tasks: {
      before: [task({ name: 'check', command: ['sh', '-c', 'echo checks $WATERCLOCK_STEP'] })],
      after: [
        task({
          name: 'export',
          command: [
            'sh',
            '-c',
            `trap 'echo cleans up; exit 1' TERM
            echo begins
            if [ -n "$WATERCLOCK_PARAM_GATE" ]; then while [ ! -e "$GATES/$WATERCLOCK_PARAM_GATE" ]; do sleep 0.1; done; fi
            echo '{"counts":{"sent":1}}' > "$WATERCLOCK_RESULT"
            exit $WATERCLOCK_PARAM_CODE`,
          ],
          environment: { GATES: gates },
        }),
      ],
    },
    entities: rows(),
  }),
  definePipeline({
    ...common,
    name: 'printed',
    source: task({
      command: [
        'sh',
        '-c',
        'echo "asks for $WATERCLOCK_INTERVAL_START" >&2; for id in a b c; do echo "{\\"id\\":\\"$id\\"}"; done',
      ],
      output: 'stdout',
    }),
    entities: rows(),
  }),
];
