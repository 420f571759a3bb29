import { defineProject } from 'waterclock';
import { catalogPipeline } from './pipelines/catalog/definition.js';
import { minibusesPipeline } from './pipelines/minibuses/definition.js';
import { readingsPipeline } from './pipelines/readings/definition.js';

/** what the engine's tests run: one pipeline of each kind, small, and apart from every project that ships */
export default defineProject({ pipelines: [readingsPipeline, minibusesPipeline, catalogPipeline] });
