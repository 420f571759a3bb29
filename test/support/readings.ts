/** a record of the pipeline `readings`, taken at a time in epoch ms */
export function reading(id: string, time: number, changes: object = {}) {
  return {
    id,
    properties: {
      time,
      updated: time,
      level: 1.5,
      place: 'here',
      station: 'north',
      quality: 10,
      url: 'http://x',
      ...changes,
    },
    geometry: { type: 'Point', coordinates: [1, 2] },
  };
}

/** what its API answers */
export const collection = (...features: unknown[]) => JSON.stringify({ type: 'FeatureCollection', features });
