/** Licences of models and data that this project knows, by their SPDX identifiers. */
const known: readonly string[] = [
  ...['CC0-1.0', 'PDDL-1.0', 'Unlicense', 'MIT', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MPL-2.0'],
  ...['CC-BY-4.0', 'CC-BY-SA-4.0', 'CC-BY-NC-4.0', 'CC-BY-NC-SA-4.0', 'CC-BY-ND-4.0', 'CC-BY-NC-ND-4.0', 'CC-BY-3.0'],
  ...['ODC-By-1.0', 'ODbL-1.0', 'CDLA-Permissive-1.0', 'CDLA-Permissive-2.0', 'CDLA-Sharing-1.0'],
  ...['GPL-2.0-only', 'GPL-2.0-or-later', 'GPL-3.0-only', 'GPL-3.0-or-later', 'LGPL-3.0-or-later'],
  ...['AGPL-3.0-only', 'AGPL-3.0-or-later', 'EUPL-1.2'],
];

/** Whether readers know what it allows; `LicenseRef-…`, as SPDX has it, names one's own. */
export function isKnownLicence(licence: string): boolean {
  return known.includes(licence) || /^LicenseRef-[A-Za-z0-9.-]{1,48}$/.test(licence);
}
