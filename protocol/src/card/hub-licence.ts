/** How Hugging Face names licences (huggingface.co/docs/hub/repositories-licenses); ours are SPDX identifiers. */
const renamed: Readonly<Record<string, string>> = {
  'PDDL-1.0': 'pddl',
  'ODC-By-1.0': 'odc-by',
  'ODbL-1.0': 'odbl',
  'GPL-2.0-only': 'gpl-2.0',
  'GPL-2.0-or-later': 'gpl-2.0',
  'GPL-3.0-only': 'gpl-3.0',
  'GPL-3.0-or-later': 'gpl-3.0',
  'LGPL-3.0-or-later': 'lgpl-3.0',
  'AGPL-3.0-only': 'agpl-3.0',
  'AGPL-3.0-or-later': 'agpl-3.0',
};
/** Whose name is the identifier in lower case. */
const same = new Set([
  ...['cc0-1.0', 'unlicense', 'mit', 'apache-2.0', 'bsd-2-clause', 'bsd-3-clause', 'isc', 'mpl-2.0'],
  ...['cc-by-4.0', 'cc-by-sa-4.0', 'cc-by-nc-4.0', 'cc-by-nc-sa-4.0', 'cc-by-nd-4.0', 'cc-by-nc-nd-4.0', 'cc-by-3.0'],
  ...['cdla-permissive-1.0', 'cdla-permissive-2.0', 'cdla-sharing-1.0', 'eupl-1.2'],
]);

/** Fields of a card's front matter; none where nobody said under which licence the model is. */
export function hubLicence(licence: string | null): { license?: string; license_name?: string } {
  if (licence === null) return {};
  const name = Object.hasOwn(renamed, licence) ? renamed[licence]! : licence.toLowerCase();
  if (Object.hasOwn(renamed, licence) || same.has(name)) return { license: name };
  return { license: 'other', license_name: licence };
}
