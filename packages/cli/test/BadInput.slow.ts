/** What people get wrong, through the command itself: each ends with an advice, its own exit code, and nothing written. */
import { existsSync, readdirSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { etude, line, temporary } from "./support/etude.ts"

interface Case {
  readonly what: string
  readonly set: ReadonlyArray<string>
  readonly code: number
  /** Each must be in the message. */
  readonly says: ReadonlyArray<string>
}

const cases: ReadonlyArray<Case> = [
  {
    what: "an unknown key is answered with the one that was meant",
    set: ["train.batchsize=8"],
    code: 2,
    says: ['train.batchsize: unknown key; did you mean "batchSize"?']
  },
  {
    what: "an unknown key inside the optimizer names its path",
    set: ["train.optimizer={ _tag: Adam, beta: 0.5 }"],
    code: 2,
    says: ['train.optimizer.beta: unknown key; did you mean "beta1"?']
  },
  {
    what: "an unknown option of the experiment is found like any other key",
    set: ["options.slop=1"],
    code: 2,
    says: ['options.slop: unknown key; did you mean "slope"?']
  },
  {
    what: "values of the wrong type, negative, zero and NaN are all reported together",
    set: [
      "train.batchSize=-1",
      "train.until.epochs=0",
      "train.learningRate=.nan",
      "train.shuffle=maybe",
      "options.points=x"
    ],
    code: 2,
    says: [
      "has 6 problems",
      "train.batchSize: expected a whole number of samples above 0",
      "train.until.epochs: expected a whole number of epochs above 0",
      "train.learningRate: ",
      "train.shuffle: ",
      "options.points: "
    ]
  },
  {
    what: "a microbatch larger than the batch is told",
    set: ["train.microbatchSize=9"],
    code: 2,
    says: ["train.microbatchSize: expected at most batchSize (8)"]
  },
  {
    what: "an experiment that is not there is reported together with the rest",
    set: ["use=@etude/nothing", "train.batchSize=0"],
    code: 2,
    says: ["train.batchSize: expected", "use: The experiment @etude/nothing cannot be loaded", "Install the package"]
  },
  {
    what: "a module without an experiment says what it exports",
    set: ["use=./withoutExperiment.ts"],
    code: 2,
    says: ["it exports answer, question, but no `experiment`"]
  },
  {
    what: "an experiment that throws is told with what it threw",
    set: ["options.broken=throws"],
    code: 2,
    says: ["The experiment line could not be set up", "the option is not what it seems"]
  },
  {
    what: "an experiment that fails is told with its error",
    set: ["options.broken=fails"],
    code: 2,
    says: ["The experiment line could not be set up", "the experiment gave up"]
  },
  {
    what: "an empty data set is a data problem",
    set: ["options.broken=empty"],
    code: 3,
    says: ["data.train: points is empty; at least one sample is needed"]
  },
  {
    what: "data of another shape than the model's names both",
    set: ["options.broken=inputs"],
    code: 2,
    says: ["model: the forward pass on inputs [batch, 2] float32 failed"]
  },
  {
    what: "labels of the wrong dtype are told",
    set: ["options.broken=dtype"],
    code: 2,
    says: ["loss: ", "int32"]
  },
  {
    what: "labels out of range are told",
    set: ["options.broken=labels"],
    code: 3,
    says: ["data.train: label 3 at sample 3", "the model gives 3 classes"]
  },
  {
    what: "a model whose output does not fit the loss is told with both shapes",
    set: ["options.broken=loss"],
    code: 2,
    says: ["outputs are [batch, 2] float32 and targets [batch, 1] float32"]
  },
  {
    what: "a corrupt IDX file is told with its name",
    set: ["options.broken=idx", "options.file=line.yaml"],
    code: 3,
    says: ["line.yaml"]
  },
  {
    what: "a missing IDX file is told with its name",
    set: ["options.broken=idx", "options.file=digits-idx3-ubyte"],
    code: 3,
    says: ["digits-idx3-ubyte", "no such file"]
  }
]

describe.concurrent("a run that can't begin", () => {
  for (const { what, set, code, says } of cases) {
    it.live(what, () =>
      Effect.gen(function* () {
        const folder = yield* temporary
        const flags = set.flatMap((assignment) => ["--set", assignment])
        const ended = yield* etude(["train", line, "--runs", path.join(folder, "runs"), ...flags])
        for (const text of says) assert.include(ended.stderr, text)
        assert.strictEqual(ended.code, code, ended.stderr)
        assert.strictEqual(ended.stdout, "")
        assert.notMatch(ended.stderr, /^\s+at .*:\d+:\d+/m)
        assert.deepStrictEqual(readdirSync(folder), [])
      })
    )
  }

  it.live("mistakes of flags, of the config, of callbacks and of saving are told together, and nothing is left", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const set = [
        "train.batchsize=3",
        "train.learningRate=-1",
        "train.seed",
        "checkpoints.keepBest={ monitor: nope/loss }",
        "callbacks={ earlyStopping: { monitor: validation/lss, patience: { evaluations: 3 } }, csv: { pth: x } }"
      ].flatMap((assignment) => ["--set", assignment])
      const ended = yield* etude(["train", line, "--runs", path.join(folder, "runs"), ...set])
      assert.strictEqual(ended.code, 2, ended.stderr)
      for (const text of [
        "has 6 problems; nothing was started.",
        'watches "nope/loss", but this run reports train/loss, validation/loss',
        "--set train.seed: expected a key of the config and its value",
        'train.batchsize: unknown key; did you mean "batchSize"?',
        "train.learningRate: expected a learning rate above 0",
        'callbacks.csv.pth: unknown key; did you mean "path"?',
        'watches "validation/lss", but this run reports train/loss, validation/loss; did you mean "validation/loss"?'
      ]) {
        assert.include(ended.stderr, text)
      }
      assert.deepStrictEqual(readdirSync(folder), [])
    })
  )

  it.live("a run folder below a file is refused together with what else is wrong", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const file = path.join(folder, "file")
      writeFileSync(file, "")
      const ended = yield* etude(["train", line, "--runs", path.join(file, "runs"), "--set", "options.broken=loss"])
      assert.strictEqual(ended.code, 2)
      assert.include(ended.stderr, "runs: ")
      assert.include(ended.stderr, "a part of its path is a file, not a folder. Choose a folder with --runs")
      assert.include(ended.stderr, "outputs are [batch, 2]")
      assert.deepStrictEqual(readdirSync(folder), ["file"])
    })
  )

  it.live("an experiment that isn't found leaves no folders that were made for the runs", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const runs = path.join(folder, "a", "b")
      const ended = yield* etude(["train", line, "--runs", runs, "--set", "use=./nothing.ts"])
      assert.strictEqual(ended.code, 2)
      assert.include(ended.stderr, "The experiment ./nothing.ts cannot be loaded from")
      assert.isFalse(existsSync(path.join(folder, "a")))
    })
  )
})

describe.concurrent("a command that can't be understood", () => {
  const commands: ReadonlyArray<readonly [what: string, args: ReadonlyArray<string>, code: number, says: string]> = [
    ["an unknown command is answered with the one that was meant", ["tran"], 2, "train"],
    ["an unknown flag is told", ["train", line, "--sed", "1"], 2, "--sed"],
    ["a flag's value that is none of its choices is told", ["train", line, "--backend", "tpu"], 2, '"tpu"'],
    ["a batch size of zero is told", ["test", "nowhere", "--batch-size", "0"], 2, "above 0"],
    [
      "a missing config is told",
      ["train", "nothing.yaml"],
      2,
      "config file nothing.yaml cannot be read: there is no such"
    ],
    ["a folder for a config is told", ["train", "."], 2, "it is a folder, not a file"],
    ["a run that is not there is told", ["test", "nowhere"], 2, "there is no such folder; `etude train` makes one"],
    ["a folder that holds no run is told", ["test", "."], 2, "config.json is missing: is it a run folder?"],
    ["a file for a run is told", ["predict", "line.yaml"], 2, "it is a file; use a run's folder"]
  ]
  for (const [what, args, code, says] of commands) {
    it.live(what, () =>
      Effect.gen(function* () {
        const ended = yield* etude(args)
        assert.include(ended.stderr, says)
        assert.strictEqual(ended.code, code)
      })
    )
  }

  it.live("mistakes of YAML are told with line and column", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const file = path.join(folder, "config.yaml")
      writeFileSync(file, 'use: "./line.ts"\ntrain: { seed: 1\nbackend: cpu\n')
      const ended = yield* etude(["config", "check", file])
      assert.strictEqual(ended.code, 2)
      assert.match(ended.stderr, /line 3, column \d+: /)
    })
  )

  it.live("a backend that the environment misspells is a problem of the backend", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const args = ["train", line, "--runs", path.join(folder, "runs"), "--backend", "auto"]
      const ended = yield* etude(args, { env: { ETUDE_BACKEND: "tpu" } })
      assert.include(ended.stderr, 'ETUDE_BACKEND is "tpu", expected one of native, wasm, cpu, auto')
      assert.strictEqual(ended.code, 4)
      assert.deepStrictEqual(readdirSync(folder), [])
    })
  )
})
