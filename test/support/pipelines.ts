import project from '../project/waterclock.config.js';

export const { pipelines } = project;
