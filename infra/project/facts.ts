/** what definitions and infrastructure share, of the project that `waterclock.config.ts` exports */
export interface ProjectFacts {
  pipelines: readonly {
    name: string;
    source: object;
    rawBucket?: string;
    tasks?: object;
    policy: Audience & { waitFor?: { marker?: string } };
  }[];
  builds: readonly { name: string; audience: Audience }[];
}

interface Audience {
  /** channels by kind of alert */
  alerts: Readonly<Record<string, readonly string[] | undefined>>;
}
