export { deployOsxFramework } from './framework.ts';
export type { LocalOsxFramework, OsxFramework } from './framework.ts';
export { deployCovey } from './covey.ts';
export type { DeployCoveyErrorType, DeployCoveyParameters, DeployCoveyReturnType } from './covey.ts';
export { auditPermissions } from './audit.ts';
export type { AuditPermissionsReturnType, PermissionAudit } from './audit.ts';
