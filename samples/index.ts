/** what pipelines' `sample/` folders hold, for those who serve it: `waterclock/samples` */
export { plain, type Answer } from './answer.js';
export { openAnswers, type Answers } from './answers.js';
export { openDataFolder } from './data-folder.js';
export { filesOf, readObjects, type SampleObject } from './objects.js';
export { samplesOf, sourceSettings, type Sample, type SampleObjects } from './sample.js';
