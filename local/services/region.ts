export const region = 'eu-central-1';
