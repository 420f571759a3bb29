import type { Pipeline } from '../schema/pipeline.js';
import { door2doorPipeline } from './door2door/definition.js';
import { earthquakesPipeline } from './earthquakes/definition.js';
import { spacexPipeline } from './spacex/definition.js';

/** every pipeline that runs, in the order in which they are listed */
export const pipelines: Pipeline[] = [earthquakesPipeline, door2doorPipeline, spacexPipeline];
