export interface Measure {
  metric: string;
  value: number;
  /** null for what is about the whole service */
  queue: string | null;
}
