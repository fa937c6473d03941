/**
 * CIFAR-100 (Krizhevsky 2009, "Learning multiple layers of features from tiny images"): 50,000 training and 10,000 test
 * photographs of a hundred kinds of things in twenty groups, 32×32, three channels. From its binary version, as the
 * archive or unpacked.
 */

import type { DatasetInvalid } from "@etude/core/Errors"
import type * as Effect from "effect/Effect"
import type * as Idx from "./Idx.ts"
import { type CifarSet, fromFolder as readSet } from "./internal/sets/cifar.ts"
import type { TrainAndTest } from "./internal/sets/idxSet.ts"

/** The hundred classes, in alphabetical order, which is that of their labels. */
export const classes: ReadonlyArray<string> = (
  "apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle " +
  "caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant flatfish " +
  "forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle " +
  "mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine " +
  "possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar " +
  "sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle wardrobe whale " +
  "willow_tree wolf woman worm"
).split(" ")

/** The twenty groups of five classes each. */
export const groups: ReadonlyArray<string> = (
  "aquatic_mammals fish flowers food_containers fruit_and_vegetables household_electrical_devices household_furniture " +
  "insects large_carnivores large_man-made_outdoor_things large_natural_outdoor_scenes large_omnivores_and_herbivores " +
  "medium_mammals non-insect_invertebrates people reptiles small_mammals trees vehicles_1 vehicles_2"
).split(" ")

export interface FolderOptions extends Idx.ImageOptions {
  /** `classes`: the hundred; `groups`: the twenty. Default: `classes`. */
  readonly labels?: "classes" | "groups"
  /**
   * Whether to compare the archive with the SHA-256 of the published one, and to ask for as many images as were published.
   * Default: true.
   */
  readonly verify?: boolean
}

const set: CifarSet = {
  name: "cifar-100",
  classes,
  archive: {
    file: "cifar-100-binary.tar.gz",
    sha256: "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"
  },
  subfolder: "cifar-100-binary",
  files: { train: ["train.bin"], test: ["test.bin"] },
  records: { train: 50_000, test: 10_000 },
  labelBytes: 2,
  labelByte: 1
}

/**
 * The sets in a folder that holds `cifar-100-binary.tar.gz`, or what is in it (`train.bin` and `test.bin`, or their
 * folder): inputs float32 [32, 32, 3], targets int32 labels. Fails with `DatasetInvalid` as that of `Cifar10` does.
 */
export const fromFolder = (folder: string, options: FolderOptions = {}): Effect.Effect<TrainAndTest, DatasetInvalid> =>
  readSet(folder, options.labels === "groups" ? { ...set, classes: groups, labelByte: 0 } : set, options)
