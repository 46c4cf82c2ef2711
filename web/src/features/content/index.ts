export { default as CidLink } from './CidLink.vue';
export { default as DocumentNotice } from './DocumentNotice.vue';
export { pinDocument, pinFile } from './pin.ts';
