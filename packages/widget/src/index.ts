export { takeOver } from './host/take-over.ts';
