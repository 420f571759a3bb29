import { WaterclockApp } from '@waterclock/infra';
import project from '../waterclock.config.js';
import { settings } from './settings.js';

// what `npx cdk deploy -c env=prod` runs in this folder
new WaterclockApp({ settings, project }).synth();
