import { TerminalError, TransientError } from '../model/errors.js';

/** errors that another request does not mend; everything else may pass */
const refusals =
  /^(InvalidParameterException|ClientException|ClusterNotFoundException|AccessDeniedException|UnrecognizedClientException|PlatformUnknownException|PlatformTaskDefinitionIncompatibilityException|UnsupportedFeatureException|BlockedException|ExpiredTokenException|InvalidSignatureException)$/;

/** a request to AWS whose failure ends the step, or passes */
export async function asked<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { name, message } = error as Error;
    if (refusals.test(name)) throw new TerminalError('TaskRefused', `${what}: ${name}: ${message}`, { cause: error });
    throw new TransientError(`${what}: ${name}: ${message}`, { cause: error });
  }
}
