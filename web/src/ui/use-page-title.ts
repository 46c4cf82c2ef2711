import { computed, ref, watchEffect } from 'vue';
import { useI18n } from 'vue-i18n';
import { useRoute } from 'vue-router';

/** What the page shown is about, e.g. a task's name; set by a view, cleared on navigation. */
const subject = ref<{ path: string; text: string } | undefined>();

/** Keeps `document.title` as "subject · page · Covey" in the reader's language. */
export function usePageTitle(): void {
  const route = useRoute();
  const { t } = useI18n();
  const title = computed(() => {
    const page = route.meta.title ? t(`titles.${route.meta.title}`, route.params as Record<string, string>) : '';
    const own = subject.value?.path === route.path ? subject.value.text : '';
    return [own, page, 'Covey'].filter((part) => part !== '').join(' · ');
  });
  watchEffect(() => (document.title = title.value));
}

/** Names what the current page is about. */
export function usePageSubject(text: () => string | undefined): void {
  const route = useRoute();
  const path = route.path;
  watchEffect(() => {
    const value = text();
    if (value !== undefined && value !== '') subject.value = { path, text: value };
  });
}
