export { deployOsxFramework } from './framework.ts';
export type { LocalOsxFramework, OsxFramework } from './framework.ts';
export { deployCovey, liquidAtGenesis } from './covey.ts';
export type { DeployCoveyErrorType, DeployCoveyParameters, DeployCoveyReturnType } from './covey.ts';
export type { Genesis } from './contracts.ts';
export { quicknet } from './beacon.ts';
export type { BeaconParameters, BlockHashBeaconParameters, DrandBeaconParameters } from './beacon.ts';
export { auditPermissions } from './audit.ts';
export type { AuditPermissionsReturnType, PermissionAudit } from './audit.ts';
export type { PluginVersion } from '../catalogue/plugins.ts';
export { prepareSnapshotVoting, prepareSnapshotVotingUninstall, publishSnapshotVoting } from './snapshot-voting.ts';
export type {
  PluginDocument,
  PrepareSnapshotVotingParameters,
  PrepareSnapshotVotingReturnType,
  PublishSnapshotVotingReturnType,
} from './snapshot-voting.ts';
export type { AuditFinding, ContractAudit } from './audit-contracts.ts';
