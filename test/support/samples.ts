import project from '../../examples/waterclock.config.js';

export const { pipelines } = project;
