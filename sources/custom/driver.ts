import { TerminalError } from '../../model/errors.js';
import type { CustomInput, CustomItem } from '../../model/custom-code.js';
import type { CustomSource } from '../../model/custom-source.js';
import type { SourceState } from '../../model/state-value.js';
import { redactor } from '../../model/redact.js';
import { placeSeal } from '../http/seal.js';
import { sourceSession } from '../http/session.js';
import type { DriverOptions, Place, SourceDriver } from '../source-driver.js';
import { customFault } from './fault.js';
import { hidingLogger } from './hiding-logger.js';
import { itemProblem } from './item-problem.js';
import { nameKeeper } from './name-keeper.js';
import { puller } from './puller.js';
import { itemObject } from './item-object.js';

/** where the code goes on: what it gave with the last object that is kept */
interface CustomPlace {
  resume?: unknown;
}

/** what a team's own code yields for one interval, each an object */
export function customDriver(source: CustomSource, options: DriverOptions): SourceDriver {
  const session = options.session ?? sourceSession({}, redactor({}));
  const { custom, address, limits, sign = () => undefined } = options;
  return {
    async *list(interval, asked, from) {
      if (from === null) return;
      if (!custom) {
        throw new TerminalError(
          'InvalidDefinition',
          'the source is code of the project, and the project of this worker has no such source under the name of the pipeline: deploy the same project to all workers',
        );
      }
      await session.load(source);
      const seal = placeSeal(source, session);
      const begin = seal.open(from ?? {}) as CustomPlace;
      const late = new AbortController();
      const signal = AbortSignal.any([asked, late.signal]);
      const input: CustomInput = {
        interval,
        params: custom.params,
        secret(name) {
          if (source.secrets.some(({ secret }) => secret === name)) return session.read({ secret: name });
          const known = source.secrets.map(({ secret }) => secret).join(', ') || 'none';
          throw new TerminalError(
            'InvalidDefinition',
            `the code of the source reads the secret ${name}, which it does not declare (${known}): name it in \`secrets\` of custom`,
          );
        },
        signal,
        resume: begin.resume,
        state: options.state,
        address,
        logger: hidingLogger(custom.logger, session.redact),
      };
      const host = { environment: custom.environment ?? {}, ...(custom.notes && { notes: custom.notes }) };
      const isKept = nameKeeper('resume' in begin, custom.known);
      const pull = puller(() => custom.generate(input, host), {
        silence: source.silence,
        signal: asked,
        late,
        sign,
      });
      let hasPlaces: boolean | undefined;
      try {
        for (;;) {
          await session.load(source);
          const item = await pull.next();
          if (item === undefined) return;
          const problem = itemProblem(source, item, (hasPlaces ??= 'resume' in begin || item.resume !== undefined));
          if (problem) throw new TerminalError('InvalidDefinition', problem);
          const name = session.redact(item.name);
          if (await isKept(name)) continue;
          const after = placeAfter(item);
          const state = item.state && { state: seal.close(item.state) as SourceState };
          yield {
            ...state,
            ...(await itemObject({ ...item, name }, signal, limits)),
            ...(item.stream !== undefined && { request: item.stream }),
            after: after && seal.close(after),
          };
        }
      } catch (error) {
        throw customFault(error, asked);
      } finally {
        await pull.end();
      }
    },
  };
}

function placeAfter({ resume }: CustomItem): Place {
  if (resume === null) return null;
  return resume === undefined ? {} : { resume };
}
