/** `IRoundManager` is `roundManager`, `TaskState` is `taskState`. */
export const camelCase = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** `taskManager` is `task-manager`, `erc1967Proxy` is `erc1967-proxy`. */
export const kebabCase = (name: string): string =>
  camelCase(name).replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `policy` is `policies`, `state` is `states`. */
export const plural = (name: string): string => (/[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`);

export const pascalCase = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** As a JavaScript string. */
export const quote = (text: string): string =>
  text.includes("'") ? JSON.stringify(text) : `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"')}'`;

/** A comment for what is exported below it, if there is anything to say. */
export const comment = (text: string | undefined): string => (text === undefined ? '' : `/** ${text} */\n`);
