import { VueQueryPlugin } from '@tanstack/vue-query';
import type { VueQueryPluginOptions } from '@tanstack/vue-query';
import { createPinia } from 'pinia';
import { createApp, watch } from 'vue';
import App from './App.vue';
import { isWebError } from '../errors.ts';
import { i18n, setLanguage } from './i18n.ts';
import { router } from './router.ts';
import { usePreferences } from '../ui/preferences.ts';
import '../ui/styles/tokens.css';
import '../ui/styles/base.css';
import '../ui/styles/elements.css';

const queryOptions: VueQueryPluginOptions = {
  queryClientConfig: {
    defaultOptions: {
      queries: {
        // Live messages tell what became stale; this is for when they cannot.
        staleTime: 30_000,
        retry: (count, error) =>
          count < 2 && isWebError(error) && ['WEB_NETWORK', 'WEB_TIMEOUT', 'WEB_HTTP'].includes(error.code),
      },
    },
  },
};

const app = createApp(App).use(createPinia()).use(i18n).use(router).use(VueQueryPlugin, queryOptions);
const preferences = usePreferences();
await setLanguage(preferences.locale);
watch(
  () => preferences.locale,
  (locale) => void setLanguage(locale),
);
app.mount('#app');
