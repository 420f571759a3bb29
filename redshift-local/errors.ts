/** an error of the protocol: name, HTTP code and message go over the wire */
export class ServiceError extends Error {
  constructor(
    override readonly name: string,
    message: string,
    readonly status = 400,
    readonly extra: Record<string, string> = {},
  ) {
    super(message);
  }
}

export const ValidationException = (message: string) => new ServiceError('ValidationException', message);
export const ResourceNotFoundException = (message: string, id: string) =>
  new ServiceError('ResourceNotFoundException', message, 400, { ResourceId: id });
export const ActiveStatementsExceededException = (limit: number) =>
  new ServiceError('ActiveStatementsExceededException', `Active statements exceeded the allowed quota (${limit}).`);
export const ActiveSessionsExceededException = (limit: number) =>
  new ServiceError('ActiveSessionsExceededException', `Active sessions exceeded the allowed quota (${limit}).`);
export const ThrottlingException = () => new ServiceError('ThrottlingException', 'Rate exceeded');
export const DatabaseConnectionException = (message: string) =>
  new ServiceError('DatabaseConnectionException', message, 500);
export const InternalServerException = (message: string) => new ServiceError('InternalServerException', message, 500);
