/** `etude study database`: a PostgreSQL on this machine, to try a study with several workers. */
import * as path from "node:path"
import * as PostgresServer from "@etude/study/PostgresServer"
import * as Effect from "effect/Effect"
import * as Output from "./Output.ts"
import * as StudyDatabase from "./StudyDatabase.ts"

export interface DatabaseArguments {
  readonly folder: string
  readonly port: number | undefined
}

/** Prints the URL of a server and runs it until it is interrupted; its data stay. */
export const database = ({ folder, port }: DatabaseArguments) =>
  Effect.gen(function* () {
    const server = yield* PostgresServer.run({ folder: path.resolve(folder), ...(port === undefined ? {} : { port }) })
    yield* Output.result(server.url)
    yield* Output.note(
      `PostgreSQL runs for this machine until Ctrl-C; its data stay in ${folder}. In other terminals:\n` +
        `  export ${StudyDatabase.variable}='the line above'\n  etude study run study.yaml`
    )
    yield* Effect.never
  }).pipe(Effect.scoped)
