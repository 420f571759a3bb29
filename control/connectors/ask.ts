import type { Params } from '../../model/params.js';
import { remedyFor, TerminalError, TransientError } from '../../model/errors.js';
import type { Pipeline } from '../../define/pipeline.js';
import { checkConnector, discoverStreams, type CheckResult } from '../../sources/connectors/look-at-connector.js';
import type { StreamDescription } from '../../sources/connectors/protocol.js';
export type { StreamDescription };
import type { Context } from '../context.js';
import { interruptible } from './interruptible.js';
import { hidden, lookAt } from './look.js';

export interface CheckedConnector extends CheckResult {
  program: string;
  /** what to do when it is not ok */
  remedy?: string;
}

/** what a pipeline's connector says of its config */
export function checkPipelineConnector(
  context: Context,
  pipeline: Pipeline,
  params: Params,
): Promise<CheckedConnector> {
  return interruptible(context, async (signal) => {
    const { look, redact } = await lookAt(context, pipeline, params, signal);
    const program = look.connector.command;
    try {
      const { ok, message } = await checkConnector(look);
      return { program, ok, message: redact(message), ...(!ok && { remedy: refused }) };
    } catch (error) {
      if (!(error instanceof TerminalError || error instanceof TransientError)) throw error;
      const remedy = error.name === 'ConnectorFailed' ? refused : remedyFor(error.name);
      return { program, ok: false, message: redact(error.message), ...(remedy !== undefined && { remedy }) };
    }
  });
}

/** the streams that a pipeline's connector has */
export function discoverPipelineStreams(
  context: Context,
  pipeline: Pipeline,
  params: Params,
): Promise<StreamDescription[]> {
  return interruptible(context, async (signal) => {
    const { look, redact } = await lookAt(context, pipeline, params, signal);
    return discoverStreams(look).catch((error: unknown) => {
      throw hidden(error, redact);
    });
  });
}

const refused = 'check `config` of its source, and see `waterclock secrets` for where each secret is found';
