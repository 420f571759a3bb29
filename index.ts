/** what a project imports from 'waterclock' */
export { entitiesFromYaml } from './schema/entities-yaml.js';
export { defineEntity, definePipeline } from './schema/pipeline.js';
export { defineProject } from './schema/project.js';
export * from './sources/declare.js';
