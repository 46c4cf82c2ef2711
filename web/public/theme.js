// Applies the stored theme before the first paint; src/ui/preferences.ts writes the same key.
(function () {
  try {
    var stored = JSON.parse(localStorage.getItem('covey.preferences') || '{}');
    if (stored.theme === 'light' || stored.theme === 'dark') document.documentElement.dataset.theme = stored.theme;
    if (stored.locale) document.documentElement.lang = stored.locale;
  } catch {
    /* no storage: the system's theme stays */
  }
})();
