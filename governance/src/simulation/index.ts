export { simulateExecution } from './simulate-execution.ts';
export type { SimulateExecutionParameters, SimulateExecutionReturnType } from './simulate-execution.ts';
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
