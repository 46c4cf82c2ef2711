export { default as HubStatus } from './HubStatus.vue';
export { useHubMessage } from './use-hub-message.ts';
