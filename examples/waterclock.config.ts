import { defineProject } from 'waterclock';
import { door2doorPipeline } from './pipelines/door2door/definition.js';
import { earthquakesPipeline } from './pipelines/earthquakes/definition.js';
import { spacexPipeline } from './pipelines/spacex/definition.js';

export default defineProject({ pipelines: [earthquakesPipeline, door2doorPipeline, spacexPipeline] });
