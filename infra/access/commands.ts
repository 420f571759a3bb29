/**
 * commands that people and CI may run inside the network, by their first word: what `waterclock` does for a pipeline, and
 * never code or SQL of the one who asks, which would run with the rights of the administrator of the warehouse
 */
export const operatorCommands: string[] = (
  'backfill build cancel deployment docs doctor grid late logs mark metrics migrate note pipelines pools rebuild ' +
  'rejected resolve results retry run runs schedule schema secrets setup show'
).split(' ');
