/** what a project imports from 'waterclock' */
export { entitiesFromYaml } from './define/entities-yaml.js';
export { defineEntity } from './define/entity.js';
export { definePipeline } from './define/pipeline.js';
export { defineProject } from './define/project.js';
export type { CustomInput, CustomItem } from './model/custom-code.js';
export { TerminalError, TransientError } from './model/errors.js';
export * from './sources/declare.js';
export { task } from './tasks/declare.js';
