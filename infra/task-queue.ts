/** task queue of a deployment's workers; its alarms watch it */
export const taskQueue = 'waterclock';
