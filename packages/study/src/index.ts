/** Studies: many seeds and many settings of one experiment as one thing. */
export * as Pruner from "./Pruner.ts"
export * as Searcher from "./Searcher.ts"
export * as Settings from "./Settings.ts"
export * as Space from "./Space.ts"
export * as StudyRecord from "./StudyRecord.ts"
export * as Trial from "./Trial.ts"
export * as TrialProtocol from "./TrialProtocol.ts"
