import { pipelines } from './pipelines/index.js';
import { defineProject } from './schema/project.js';

export default defineProject({ pipelines });
