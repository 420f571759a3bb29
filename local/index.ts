/** what the `waterclock` command finds in this package, where it is installed */
export { commands } from './main.js';
