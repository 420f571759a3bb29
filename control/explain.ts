import { remedyFor } from '../model/errors.js';
import { CommandFailure, exitCodes, type ExitCode } from './failure.js';

const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'TimeoutError',
  'CredentialsProviderError',
]);
/** what the reader sets right before asking again */
const usage = new Set<string>(['NoProject', 'LedgerMissing']);
/** gRPC: UNAVAILABLE and DEADLINE_EXCEEDED */
const grpcUnreachable = new Set([14, 4]);

/** any error as one sentence and the exit code that fits; never a stack trace */
export function explain(error: unknown): { message: string; exitCode: ExitCode } {
  if (error instanceof CommandFailure) return { message: error.message, exitCode: error.exitCode };
  if (isUnreachable(error)) {
    return {
      message: `${sentence(error)}: is the stack up? \`npm start\`, or check TEMPORAL_ADDRESS and AWS_ENDPOINT_URL_*`,
      exitCode: exitCodes.unreachable,
    };
  }
  const remedy = error instanceof Error ? remedyFor(error.name) : undefined;
  const isUsage = error instanceof Error && usage.has(error.name);
  return {
    message: remedy ? `${sentence(error)}: ${remedy}` : sentence(error),
    exitCode: isUsage ? exitCodes.usage : exitCodes.failed,
  };
}

export function isUnreachable(error: unknown): boolean {
  return causes(error).some(
    (cause) =>
      unreachable.has(String(cause.code)) || unreachable.has(cause.name) || grpcUnreachable.has(cause.code as number),
  );
}

/** the innermost message of a failed workflow: the wrappers above it say only that an activity failed */
export function rootMessage(error: unknown): string {
  const wrappers = new Set([
    'WorkflowFailedError',
    'WorkflowUpdateFailedError',
    'ActivityFailure',
    'ChildWorkflowFailure',
  ]);
  const chain = causes(error);
  return sentence(chain.find((cause) => !wrappers.has(cause.name)) ?? chain.at(-1) ?? error);
}

type Cause = Error & { code?: unknown };

/** an error and what caused it */
export function causes(error: unknown, depth = 0): Cause[] {
  if (!(error instanceof Error) || depth > 8) return [];
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  return [error, ...inner.flatMap((cause) => causes(cause, depth + 1))];
}

function sentence(error: unknown): string {
  const own = error instanceof Error ? error.message : String(error);
  // an AggregateError of a refused connection has no message of its own
  const text = own || causes(error).find((cause) => cause.message)?.message || String(error);
  return text.replace(/\s+/g, ' ').trim();
}
