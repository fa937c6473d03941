/** The command line's parts, for programs that read configs and run folders. Each is also importable by its own name. */
export * as ConfigFile from "./ConfigFile.ts"
export * as ExitCode from "./ExitCode.ts"
export * as Load from "./Load.ts"
export * as RunConfig from "./RunConfig.ts"
export * as RunFolder from "./RunFolder.ts"
export * as SavedModel from "./SavedModel.ts"
