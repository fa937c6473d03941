/** Callbacks. Each module is also importable by its own name, such as `@etude/callbacks/EventsFile`. */
export * as EventSinks from "./EventSinks.ts"
export * as EventsFile from "./EventsFile.ts"
export * as History from "./History.ts"
export * as Report from "./Report.ts"
export * as Timeline from "./Timeline.ts"
