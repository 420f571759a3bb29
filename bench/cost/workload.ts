/** what no template says: assumptions of a month */
export interface Workload {
  /** hours a day in which people ask the warehouse */
  queryHours: number;
  natGb: number;
  endpointGb: number;
  lakeGb: number;
  warehouseGb: number;
  /** thousands */
  s3Requests: number;
  imagesGb: number;
  logsGb: number;
  /** metrics of pipelines and steps, where the settings have them */
  detailedMetrics: number;
  /** of Aurora: units of each instance, GB, millions of requests */
  aurora: { units: number; storageGb: number; requests: number };
}

const aurora = { units: 1.5, storageGb: 50, requests: 20 };

export const workloads = {
  dev: {
    queryHours: 0,
    natGb: 20,
    endpointGb: 0,
    lakeGb: 50,
    warehouseGb: 10,
    s3Requests: 100,
    imagesGb: 5,
    logsGb: 5,
    detailedMetrics: 52,
    aurora,
  },
  prod: {
    queryHours: 2,
    natGb: 200,
    endpointGb: 100,
    lakeGb: 2000,
    warehouseGb: 500,
    s3Requests: 1000,
    imagesGb: 20,
    logsGb: 50,
    detailedMetrics: 242,
    aurora,
  },
  'small dev': {
    queryHours: 0,
    natGb: 0,
    endpointGb: 0,
    lakeGb: 20,
    warehouseGb: 10,
    s3Requests: 100,
    imagesGb: 5,
    logsGb: 2,
    detailedMetrics: 0,
    aurora,
  },
  'small prod': {
    queryHours: 2,
    natGb: 20,
    endpointGb: 0,
    lakeGb: 200,
    warehouseGb: 50,
    s3Requests: 200,
    imagesGb: 5,
    logsGb: 5,
    detailedMetrics: 0,
    aurora,
  },
} satisfies Record<string, Workload>;

export type Profile = keyof typeof workloads;
