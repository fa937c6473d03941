/** What is read, by whom, and what a reader answers. Python's side is `../peers/python/data.py`. */

/** What is read: the name of a case, and where its files are. */
export type Case = "csv" | "parquet" | "mnist" | "jpeg"
export const cases: ReadonlyArray<Case> = ["csv", "parquet", "mnist", "jpeg"]

export type Reader = "etude" | "pytorch" | "datasets"
export const readers: ReadonlyArray<Reader> = ["etude", "pytorch", "datasets"]

export interface Job {
  readonly case: Case
  readonly reader: Reader
  /** The file, or the folder of files. */
  readonly path: string
  readonly batch: number
  /** Worker processes of PyTorch's `DataLoader`. */
  readonly workers: number
}

/** Times of one round: of opening (reading a table, decoding what is decoded first) and of one shuffled epoch after it. */
export interface Answer {
  readonly rows: number
  readonly openSeconds: number
  readonly epochSeconds: number
  /** Of the number in the middle of each sample: readers must agree on what they read. */
  readonly sum: number
}
