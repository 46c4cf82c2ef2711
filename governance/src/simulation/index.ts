export { simulateExecution } from './simulateExecution.ts';
export type { SimulateExecutionParameters, SimulateExecutionReturnType } from './simulateExecution.ts';
export type {
  BalanceChange,
  Json,
  SimulatedCall,
  SimulatedCallStatus,
  SimulatedError,
  SimulatedLog,
  SimulationFailure,
  SimulationNote,
  SimulationReport,
  StateChange,
  StorageChange,
} from './report.ts';
