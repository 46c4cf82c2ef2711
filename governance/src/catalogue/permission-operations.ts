/** OSx's operations on a permission, in the order of its enum. */
export const permissionOperations = ['grant', 'revoke', 'grantWithCondition'] as const;
export type PermissionOperation = (typeof permissionOperations)[number];
