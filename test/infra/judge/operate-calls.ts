import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { operationCalls } from '../../support/aws-calls/api-calls.js';
import type { AwsCall } from '../../support/aws-calls/aws-call.js';

/** plays the AWS CLI: notes its words, a line a call, and answers what the script reads */
const cli = `#!/bin/sh
printf '%s\\n' "$*" >> "\${0%/*}/calls"
case "$1 $2" in
  'cloudformation describe-stacks') cat "\${0%/*}/outputs/$(echo "$*" | sed "s/.*OutputKey=='\\([A-Za-z]*\\)'.*/\\1/")" ;;
  'stepfunctions start-execution') sed 's/:stateMachine:/:execution:/; s/$/:1/' "\${0%/*}/outputs/Operations" ;;
  'stepfunctions describe-execution')
    case "$*" in
      *status*) echo SUCCEEDED ;;
      *) [ -z "\${REFUSED:-}" ] || { printf 'None\\t%s\\n' "$REFUSED"; exit; } ;;
    esac
    case "$*" in
      *status*) ;;
      *) echo '{"Containers":[{"ExitCode":'"\${EXIT_CODE:-0}"'}],"TaskArn":"arn:aws:ecs:eu-central-1:111122223333:task/cluster/0a1b2c"} None' ;;
    esac ;;
esac
`;

interface Operated {
  calls: AwsCall[];
  code: number;
  stderr: string;
}

/** what `infra/operate.sh` asks of AWS, by running it */
export const operateCalls = async (environment: string, outputs: Map<string, string>): Promise<AwsCall[]> =>
  (await operate(environment, outputs)).calls;

/** runs `infra/operate.sh`; `ended`: variables that say how the execution ends */
export async function operate(
  environment: string,
  outputs: Map<string, string>,
  ended: { EXIT_CODE?: string; REFUSED?: string } = {},
): Promise<Operated> {
  const folder = mkdtempSync(join(tmpdir(), 'waterclock-operate-'));
  try {
    writeFileSync(join(folder, 'aws'), cli);
    chmodSync(join(folder, 'aws'), 0o755);
    mkdirSync(join(folder, 'outputs'));
    for (const [key, value] of outputs) writeFileSync(join(folder, 'outputs', key), value);
    const { PATH = '' } = process.env;
    const { code, stderr } = await promisify(execFile)(
      'bash',
      ['infra/operate.sh', environment, 'waterclock', 'runs'],
      { env: { PATH: `${folder}:${PATH}`, ...ended } },
    ).then(
      ({ stderr }) => ({ code: 0, stderr }),
      (failed: { code: number; stderr: string }) => failed,
    );
    return { calls: readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n').flatMap(ofWords), code, stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function ofWords(line: string): AwsCall[] {
  const [service = '', command = ''] = line.split(' ');
  const operation = command.replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase());
  const flags = [...line.matchAll(/--([a-z-]+) (\S+)/g)].map(([, flag = '', value = '']) => {
    const name = flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    // CloudFormation writes its parameters with a capital
    return [service === 'cloudformation' ? name.replace(/^./, (letter) => letter.toUpperCase()) : name, value];
  });
  return operationCalls(service, operation, Object.fromEntries(flags) as Record<string, string>);
}
