import { ServiceError, ThrottlingException, ValidationException } from './errors.js';
import { stepOf, type Faults } from './faults.js';
import type { StatementService } from './service.js';
import type { Caller } from './statement-record.js';

/** answers a request, or lets the fault that was asked for strike it; undefined: the answer is lost */
export async function strikeRequest(
  faults: Faults,
  service: StatementService,
  operation: string,
  input: unknown,
  caller: Caller,
  answer: () => Promise<string>,
): Promise<string | undefined> {
  if (faults.list().length === 0) return answer();
  const fault = faults.ofRequest(operation, await nameOf(service, input, caller));
  if (!fault) return answer();
  if (fault.fault === 'throttle') throw ThrottlingException();
  if (fault.fault === 'paused')
    throw ValidationException('The cluster or workgroup is paused. Resume it and try again.');
  if (fault.fault === 'unavailable')
    throw new ServiceError(`${operation}Exception`, 'An environmental error occurred.', 500, { StatementId: '' });
  if (fault.fault === 'lost-request') return undefined;
  const { Id } = JSON.parse(await answer()) as { Id?: string };
  if (Id && stepOf(fault) !== 'submitted') await ended(service, Id, caller);
  return undefined;
}

async function ended(service: StatementService, id: string, caller: Caller): Promise<void> {
  await service.find(id.split(':')[0] ?? id, caller, 3600);
}

/** of the statement that is submitted or asked for */
async function nameOf(service: StatementService, input: unknown, caller: Caller): Promise<string> {
  const { StatementName, Id } = (input ?? {}) as { StatementName?: unknown; Id?: unknown };
  if (typeof StatementName === 'string') return StatementName;
  if (typeof Id !== 'string') return '';
  return (await service.find(Id.split(':')[0] ?? Id, caller, 0))?.name ?? '';
}
