/** an error as the service names it */
export class ServiceError extends Error {
  readonly type: string;
  readonly status: number;
  readonly more: Record<string, unknown>;
  constructor(
    type: string,
    message: string,
    { status = 400, ...more }: Record<string, unknown> & { status?: number } = {},
  ) {
    super(message);
    this.type = type;
    this.status = status;
    this.more = more;
  }
}

export const invalid = (message: string) => new ServiceError('InvalidParameterException', message);
export const client = (message: string) => new ServiceError('ClientException', message);
export const noCluster = () => new ServiceError('ClusterNotFoundException', 'Cluster not found.');
