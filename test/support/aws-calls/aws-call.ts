/** one permission that a request needs: as IAM names it */
export interface AwsCall {
  /** `s3:GetObject` */
  action: string;
  /** an ARN, or `*` for an action that knows no resource */
  resource: string;
  /** condition keys of the request */
  context?: Record<string, string>;
}

/** a request as AWS gets it, and how it was answered */
export interface AwsRequest {
  /** `s3`, `redshift-data`: the one that the signature names */
  service: string;
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: string;
  status: number;
}

export const region = 'eu-central-1';
export const account = '111122223333';

export const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
