import { join } from 'node:path';
import { lastComplete } from '../../model/interval.js';
import type { Params } from '../../model/params.js';
import type { CustomLogger } from '../../model/custom-code.js';
import { redactor, type Redactor } from '../../model/redact.js';
import type { Pipeline } from '../../define/pipeline.js';
import type { Look } from '../../sources/connectors/look-at-connector.js';
import { secretsOf } from '../../sources/secrets/secrets.js';
import type { Context } from '../context.js';
import { refuse } from '../failure.js';
import { connectorEnvironment, connectorOf } from './list-connectors.js';

export interface ReadyLook {
  look: Look;
  /** hides the secrets that the connector was given */
  redact: Redactor;
}

/** a pipeline's connector, to be asked here with its config, secrets and params, for its last complete interval */
export async function lookAt(
  context: Context,
  pipeline: Pipeline,
  params: Params,
  signal: AbortSignal,
): Promise<ReadyLook> {
  const connector = connectorOf(pipeline);
  if (!connector) refuse(`${pipeline.name} has no connector: its source is ${pipeline.source.kind}`);
  const environment = connectorEnvironment(context);
  const redact = redactor(environment);
  const secrets = secretsOf({ environment, envFile: join(context.projectPlace().folder, '.env'), redact });
  const names = pipeline.source.kind === 'custom' ? pipeline.source.secrets.map(({ secret }) => secret) : [];
  await secrets.load(names);
  const say = (text: string) => context.terminal.say(redact(text));
  const logger: CustomLogger = { info: () => undefined, warn: say, error: say };
  const input: Look['input'] = {
    interval: lastComplete(pipeline.grid, Date.now()),
    params: pipeline.params.complete(params),
    secret: (name) => secrets.value(name),
    signal,
    resume: undefined,
    state: undefined,
    address: undefined,
    logger,
  };
  return { look: { connector, manifest: pipeline.manifest, input, host: { environment } }, redact };
}

/** an error without the values of secrets */
export function hidden(error: unknown, redact: Redactor): unknown {
  if (error instanceof Error) error.message = redact(error.message);
  return error;
}
