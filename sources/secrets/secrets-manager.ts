import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { TerminalError, TransientError } from '../../model/errors.js';
import type { SecretPlace } from '../../model/secret-place.js';

/** reads the current value of a secret; throws SecretMissing, SecretRefused or TransientError */
export type ReadSecret = (place: SecretPlace) => Promise<string>;

const gone = new Set(['ResourceNotFoundException', 'InvalidRequestException', 'InvalidParameterException']);
const refused = new Set([
  'AccessDeniedException',
  'DecryptionFailure',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'InvalidClientTokenId',
  'ExpiredTokenException',
]);

/** AWS Secrets Manager, a client for each region; the SDK is loaded by the first secret that lies there */
export function secretsManager(): ReadSecret {
  const clients = new Map<string | undefined, Promise<SecretsManagerClient>>();
  return async ({ id, key, region }) => {
    const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
    const client =
      clients.get(region) ??
      Promise.resolve(
        new SecretsManagerClient({
          maxAttempts: 3,
          requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000 },
          ...(region !== undefined && { region }),
        }),
      );
    clients.set(region, client);
    const { SecretString, SecretBinary } = await (
      await client
    )
      .send(new GetSecretValueCommand({ SecretId: id }))
      .catch((error: unknown) => {
        throw faultOf(id, error);
      });
    const text = SecretString ?? (SecretBinary && new TextDecoder().decode(SecretBinary)) ?? '';
    return key === undefined ? text : memberOf(text, id, key);
  };
}

function faultOf(id: string, error: unknown): Error {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  const what = `secret ${id} in AWS Secrets Manager: ${name}: ${message}`;
  if (gone.has(name)) return new TerminalError('SecretMissing', what, { cause: error });
  if (refused.has(name)) return new TerminalError('SecretRefused', what, { cause: error });
  return new TransientError(what, { cause: error });
}

/** what does not parse is not shown: it is the secret */
function memberOf(text: string, id: string, key: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new TerminalError(
      'SecretMissing',
      `secret ${id} in AWS Secrets Manager is not JSON, and #${key} is asked of it`,
    );
  }
  const member =
    typeof value === 'object' && value !== null && Object.hasOwn(value, key)
      ? (value as Record<string, unknown>)[key]
      : undefined;
  if (typeof member === 'string' || typeof member === 'number') return String(member);
  throw new TerminalError('SecretMissing', `secret ${id} in AWS Secrets Manager has no text or number at #${key}`);
}
