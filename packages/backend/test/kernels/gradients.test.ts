/**
 * Ordinary expressions can be trained: on each backend the values are those of plain JavaScript, and the gradients those of finite
 * differences.
 */
import { describe } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Native from "../../src/Native.ts"
import * as Wasm from "../../src/Wasm.ts"
import { isInstalled } from "../native/Installed.ts"
import { apart, differentiates, random } from "./agreement.ts"

type F = (...xs: Array<tf.Tensor>) => tf.Tensor
type Inputs = (shape: ReadonlyArray<number>, seed: number) => tf.Tensor
type Case = readonly [name: string, f: F, shapes: ReadonlyArray<ReadonlyArray<number>>, inputs?: Inputs]

const spread: Inputs = (shape, seed) => apart([...shape] as [number], seed)
const drawn: Inputs = (shape, seed) => random([...shape] as [number], seed)
const positive: Inputs = (shape, seed) => tf.add(drawn(shape, seed), 1.5)
const int = (values: tf.TensorLike, shape?: Array<number>) => tf.tensor(values, shape, "int32")

const activations: ReadonlyArray<Case> = [
  ["where by a comparison", (x) => tf.where(tf.greater(x!, 0), x!, tf.mul(x!, 0.1)), [[3, 4]], spread],
  [
    "where by a comparison of two",
    (a, b) => tf.where(tf.lessEqual(a!, tf.add(b!, 0.1)), a!, tf.square(b!)),
    [[3, 4], [4]],
    spread
  ],
  [
    "where of logical operations",
    (x) => tf.where(tf.logicalAnd(tf.greater(x!, -0.4), tf.logicalNot(tf.less(x!, 0.2))), tf.square(x!), x!),
    [[3, 4]],
    spread
  ],
  ["where by rows", (a, b) => tf.where(tf.tensor1d([1, 0, 1], "bool"), a!, b!), [[3], [3]]],
  [
    "a mask by cast comparisons",
    (x) => tf.mul(x!, tf.cast(tf.notEqual(tf.round(tf.mul(x!, 2.5)), 0), "float32")),
    [[3, 4]],
    spread
  ],
  ["relu6 by clipByValue", (x) => tf.clipByValue(x!, -0.6, 0.6), [[3, 4]], spread],
  ["logSigmoid of a product", (x) => tf.logSigmoid(tf.mul(x!, 2)), [[3, 4]]],
  ["abs", (x) => tf.abs(x!), [[3, 4]], spread],
  ["selu", (x) => tf.selu(x!), [[3, 4]], spread],
  ["elu", (x) => tf.elu(x!), [[3, 4]], spread],
  [
    "prelu with broadcasting",
    (x, alpha) => tf.prelu(x!, alpha!),
    [
      [2, 3, 4],
      [3, 1]
    ],
    spread
  ],
  ["softmax over the middle by hand", (x) => tf.div(tf.exp(x!), tf.sum(tf.exp(x!), 1, true)), [[2, 3, 4]]],
  ["floor of a product", (x) => tf.mul(x!, tf.floor(tf.mul(x!, 2.5))), [[3, 4]], spread],
  [
    "a residue",
    (x, y) => tf.mod(x!, y!),
    [
      [3, 4],
      [3, 4]
    ],
    (s, seed) => (seed === 2 ? tf.fill([...s], 0.8) : spread(s, seed))
  ],
  ["atan2 with broadcasting", (a, b) => tf.atan2(a!, b!), [[3, 4], [4]], positive],
  ["pow with broadcasting", (a, b) => tf.pow(a!, b!), [[3, 1], [4]], positive],
  ["squaredDifference with broadcasting of a", (a, b) => tf.squaredDifference(a!, b!), [[4], [3, 4]]],
  [
    "squaredDifference with broadcasting of both",
    (a, b) => tf.squaredDifference(a!, b!),
    [
      [2, 1, 4],
      [3, 1]
    ]
  ],
  ["maximum with broadcasting", (a, b) => tf.maximum(a!, tf.add(b!, 0.1)), [[3, 1], [4]], spread],
  ["minimum with broadcasting", (a, b) => tf.minimum(a!, tf.add(b!, 0.1)), [[4], [3, 4]], spread],
  ["divNoNan", (a, b) => tf.divNoNan(a!, b!), [[3, 4], [4]], positive],
  ["erf, log1p, expm1", (x) => tf.add(tf.erf(x!), tf.add(tf.log1p(x!), tf.expm1(x!))), [[3, 4]], positive],
  ["asinh, acosh", (x) => tf.add(tf.asinh(x!), tf.acosh(tf.add(x!, 1))), [[3, 4]], positive],
  [
    "asin, acos, atanh",
    (x) => tf.add(tf.asin(tf.mul(0.5, x!)), tf.add(tf.acos(tf.mul(0.3, x!)), tf.atanh(tf.mul(0.5, x!)))),
    [[3, 4]]
  ],
  ["tan, sin, cosh", (x) => tf.add(tf.tan(x!), tf.add(tf.sin(x!), tf.cosh(x!))), [[3, 4]]]
]

const reductions: ReadonlyArray<Case> = [
  ...[0, 1, 2, -1, -2, [0, 1], [0, 2], [-1, 0], undefined].flatMap(
    (axis): ReadonlyArray<Case> => [
      [`sum over ${axis}`, (x) => tf.sum(x!, axis), [[2, 3, 4]]],
      [`mean over ${axis}`, (x) => tf.mean(x!, axis, true), [[2, 3, 4]]],
      [`prod over ${axis}`, (x) => tf.prod(x!, axis), [[2, 3, 2]], positive],
      [`max over ${axis}`, (x) => tf.max(x!, axis), [[2, 3, 4]], spread],
      [`min over ${axis}`, (x) => tf.min(x!, axis, true), [[2, 3, 4]], spread],
      [`logSumExp over ${axis}`, (x) => tf.logSumExp(x!, axis), [[2, 3, 4]]],
      [`norm over ${axis}`, (x) => tf.norm(x!, "euclidean", axis as number), [[2, 3, 4]]]
    ]
  ),
  ["prod with a zero", (x) => tf.prod(tf.mul(x!, tf.tensor1d([1, 0, 1])), -1), [[2, 3]]],
  ["prod with two zeros", (x) => tf.prod(tf.mul(x!, tf.tensor1d([0, 0, 1])), 1), [[2, 3]]],
  ["variance by moments", (x) => tf.moments(x!, [0, -1]).variance, [[2, 3, 4]]],
  ...[0, 1, 2, 3, -1, -2, -4].flatMap((axis) =>
    [false, true].flatMap((exclusive) =>
      [false, true].flatMap(
        (reverse): ReadonlyArray<Case> => [
          [
            `cumsum along ${axis}, ${exclusive}, ${reverse}`,
            (x) => tf.cumsum(x!, axis, exclusive, reverse),
            [[2, 3, 4, 2]]
          ],
          [
            `cumprod along ${axis}, ${exclusive}, ${reverse}`,
            (x) => tf.cumprod(x!, axis, exclusive, reverse),
            [[2, 3, 2, 2]],
            positive
          ]
        ]
      )
    )
  ),
  ["cumprod through a zero", (x) => tf.cumprod(tf.mul(x!, tf.tensor1d([1, 1, 0, 1, 1])), 0), [[5]]]
]

const indices: ReadonlyArray<Case> = [
  ["topk", (x) => tf.topk(x!, 2).values, [[3, 5]], spread],
  ["topk in rank 3", (x) => tf.topk(x!, 3).values, [[2, 3, 4]], spread],
  ["stridedSlice", (x) => tf.stridedSlice(x!, [1, 0], [5, 4], [2, 3]), [[6, 5]]],
  ["stridedSlice backwards", (x) => tf.stridedSlice(x!, [-1, 3], [-6, 0], [-2, -1]), [[6, 5]]],
  ["stridedSlice with masks", (x) => tf.stridedSlice(x!, [0, 1, 1], [0, 2, 3], [2, 1, 1], 1, 1, 0, 0, 2), [[4, 3, 4]]],
  ["stridedSlice with a new axis", (x) => tf.stridedSlice(x!, [0, 0, 1], [0, 4, 4], [1, 2, 2], 0, 0, 0, 1), [[4, 5]]],
  [
    "gatherND of elements",
    (x) =>
      tf.gatherND(
        x!,
        int([
          [0, 1],
          [2, 0],
          [0, 1]
        ])
      ),
    [[3, 2]]
  ],
  [
    "gatherND of rows",
    (x) =>
      tf.gatherND(
        x!,
        int([
          [[2], [0]],
          [[2], [1]]
        ])
      ),
    [[3, 2]]
  ],
  ["scatterND", (x) => tf.scatterND(int([[1], [3], [1]]), x!, [4, 2]), [[3, 2]]],
  [
    "tensorScatterUpdate",
    (x, u) => tf.tensorScatterUpdate(x!, int([[1], [3]]), u!),
    [
      [4, 2],
      [2, 2]
    ]
  ],
  [
    "gather along the middle",
    (x) =>
      tf.gather(
        x!,
        int([
          [2, 0],
          [2, 1]
        ]) as tf.Tensor1D,
        1
      ),
    [[2, 3, 2]]
  ],
  ["gather along −1", (x) => tf.gather(x!, int([2, 0, 0]) as tf.Tensor1D, -1), [[2, 3]]],
  [
    "gather by batches",
    (x) =>
      tf.gather(
        x!,
        int([
          [1, 0, 1],
          [2, 2, 0]
        ]) as unknown as tf.Tensor1D,
        1,
        1
      ),
    [[2, 3, 2]]
  ],
  [
    "gather by batches along the last axis",
    (x) => tf.gather(x!, int([[1], [0]]) as unknown as tf.Tensor1D, 2, 1),
    [[2, 3, 2]]
  ],
  [
    "gather by two batch axes",
    (x) =>
      tf.gather(
        x!,
        int([
          [
            [1, 0],
            [1, 1]
          ],
          [
            [0, 0],
            [2, 1]
          ]
        ]) as unknown as tf.Tensor1D,
        2,
        2
      ),
    [[2, 2, 3, 2]]
  ],
  ["unsortedSegmentSum", (x) => tf.unsortedSegmentSum(x!, int([2, 0, 2, 1]) as tf.Tensor1D, 3), [[4, 2]]],
  [
    "mirrorPad, reflect",
    (x) =>
      tf.mirrorPad(
        x!,
        [
          [1, 2],
          [2, 0]
        ],
        "reflect"
      ),
    [[3, 4]]
  ],
  [
    "mirrorPad, symmetric",
    (x) =>
      tf.mirrorPad(
        x!,
        [
          [3, 1],
          [0, 2]
        ],
        "symmetric"
      ),
    [[3, 4]]
  ],
  ["tile in rank 5", (x) => tf.tile(x!, [2, 1, 3, 1, 2]), [[1, 2, 2, 1, 2]]],
  ["reverse along −1", (x) => tf.reverse(x!, -1), [[2, 3, 4]]],
  ["split and concat along −1", (x) => tf.concat(tf.split(x!, 2, -1).toReversed(), -1), [[2, 3, 4]]],
  ["unstack and stack along −1", (x) => tf.stack(tf.unstack(x!, -1).toReversed(), -1), [[2, 3, 4]]],
  ["depthToSpace", (x) => tf.depthToSpace(x as tf.Tensor4D, 2, "NHWC"), [[2, 2, 3, 8]]],
  ["flipLeftRight", (x) => tf.image.flipLeftRight(x as tf.Tensor4D), [[2, 2, 3, 2]]],
  ["diag", (x) => tf.diag(x!), [[2, 3]]],
  ["broadcastTo", (x) => tf.broadcastTo(x!, [2, 3, 4]), [[3, 1]]],
  [
    "denseBincount by its weights",
    (w) => tf.denseBincount(int([0, 2, 2, 1]) as tf.Tensor1D, w as tf.Tensor1D, 4),
    [[4]]
  ]
]

const einsum = (equation: string, ...shapes: ReadonlyArray<ReadonlyArray<number>>): Case => [
  `einsum ${equation}`,
  (...xs) => tf.einsum(equation, ...xs),
  shapes
]

const products: ReadonlyArray<Case> = [
  einsum("ij,jk->ik", [2, 3], [3, 4]),
  einsum("bij,bjk->bik", [2, 2, 3], [2, 3, 4]),
  einsum("bqhd,bkhd->bhqk", [2, 3, 2, 4], [2, 5, 2, 4]),
  einsum("ij->ji", [2, 3]),
  einsum("ij->i", [2, 3]),
  einsum("ij->", [2, 3]),
  einsum("i,j->ij", [2], [3]),
  einsum("ijk,k->ji", [2, 3, 4], [4]),
  einsum("ij,kl->jk", [2, 3], [4, 2]),
  [
    "matMul with broadcasting of a",
    (a, b) => tf.matMul(a!, b!, false, true),
    [
      [1, 3, 4],
      [2, 5, 4]
    ]
  ],
  [
    "matMul with broadcasting of both, transposed",
    (a, b) => tf.matMul(a!, b!, true, false),
    [
      [2, 1, 4, 3],
      [1, 3, 4, 5]
    ]
  ],
  [
    "matMul with broadcasting of b's rank",
    (a, b) => tf.matMul(a!, b!, true, true),
    [
      [2, 4, 3],
      [5, 4]
    ]
  ],
  ["dot", (a, b) => tf.dot(a!, b!), [[4], [4]]],
  ["outerProduct", (a, b) => tf.outerProduct(a as tf.Tensor1D, b as tf.Tensor1D), [[4], [3]]]
]

const images = (name: string, f: (x: tf.Tensor4D) => tf.Tensor, shape: ReadonlyArray<number> = [2, 4, 5, 2]): Case => [
  name,
  (x) => f(x as tf.Tensor4D),
  [shape]
]

const convolutions: ReadonlyArray<Case> = [
  ...(["valid", "same"] as const).flatMap(
    (pad): ReadonlyArray<Case> => [
      ...([2, [2, 1], [1, 3]] as const).flatMap(
        (dilations): ReadonlyArray<Case> => [
          [
            `conv2d, dilations ${dilations}, ${pad}`,
            (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, pad, "NHWC", dilations as number),
            [
              [2, 7, 8, 2],
              [3, 2, 2, 3]
            ]
          ],
          [
            `depthwiseConv2d, dilations ${dilations}, ${pad}`,
            (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, pad, "NHWC", dilations as number),
            [
              [2, 7, 8, 2],
              [3, 2, 2, 2]
            ]
          ],
          [
            `separableConv2d, dilations ${dilations}, ${pad}`,
            (x, d, p) =>
              tf.separableConv2d(x as tf.Tensor4D, d as tf.Tensor4D, p as tf.Tensor4D, 1, pad, dilations as number),
            [
              [1, 7, 8, 2],
              [3, 2, 2, 2],
              [1, 1, 4, 3]
            ]
          ]
        ]
      ),
      [
        `conv1d, dilation 2, ${pad}`,
        (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 1, pad, "NWC", 2),
        [
          [2, 9, 2],
          [3, 2, 3]
        ]
      ],
      ...[1, 2, 3].flatMap(
        (stride): ReadonlyArray<Case> => [
          [
            `conv3d, stride ${stride}, ${pad}`,
            (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, stride, pad),
            [
              [1, 4, 5, 4, 2],
              [1, 2, 1, 2, 3]
            ]
          ],
          [
            `maxPool3d, stride ${stride}, ${pad}`,
            (x) => tf.maxPool3d(x as tf.Tensor5D, [1, 2, 1], stride, pad),
            [[1, 4, 5, 4, 2]],
            spread
          ],
          [
            `avgPool3d, stride ${stride}, ${pad}`,
            (x) => tf.avgPool3d(x as tf.Tensor5D, [2, 1, 1], stride, pad),
            [[1, 4, 5, 4, 2]]
          ],
          [
            `dilation2d, stride ${stride}, ${pad}`,
            (x, w) => tf.dilation2d(x as tf.Tensor4D, w as tf.Tensor3D, stride, pad),
            [
              [2, 4, 5, 2],
              [2, 2, 2]
            ],
            // Sums that are nowhere nearly equal.
            (shape, seed) => tf.mul(spread(shape, seed), seed === 1 ? 5 : 0.1)
          ]
        ]
      )
    ]
  ),
  [
    "conv2dTranspose",
    (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 7, 9, 2], 2, "valid"),
    [
      [2, 3, 4, 3],
      [3, 3, 2, 3]
    ]
  ],
  [
    "conv3dTranspose",
    (x, w) => tf.conv3dTranspose(x as tf.Tensor5D, w as tf.Tensor5D, [1, 4, 4, 4, 2], 2, "valid"),
    [
      [1, 2, 2, 2, 3],
      [2, 2, 2, 2, 3]
    ]
  ],
  ...[false, true].flatMap((alignCorners) =>
    [false, true]
      .filter((half) => !(alignCorners && half))
      .flatMap((half) =>
        (
          [
            [8, 10],
            [3, 2],
            [7, 4],
            [1, 1]
          ] as ReadonlyArray<[number, number]>
        ).flatMap(
          (size): ReadonlyArray<Case> => [
            images(`nearest resizing to ${size}, ${alignCorners}, ${half}`, (x) =>
              tf.image.resizeNearestNeighbor(x, size, alignCorners, half)
            ),
            images(`bilinear resizing to ${size}, ${alignCorners}, ${half}`, (x) =>
              tf.image.resizeBilinear(x, size, alignCorners, half)
            )
          ]
        )
      )
  )
]

/** Not on WASM, which has no complex numbers. */
const spectra: ReadonlyArray<Case> = [
  ["the real part", (x, y) => tf.real(tf.mul(tf.complex(x!, y!), tf.complex(y!, x!))), [[3], [3]]],
  [
    "the size of complex numbers",
    (x, y) => tf.abs(tf.complex(x!, y!)),
    [
      [3, 2],
      [3, 2]
    ]
  ],
  [
    "a Fourier transform",
    (x, y) => tf.abs(tf.fft(tf.complex(x!, y!))),
    [
      [2, 5],
      [2, 5]
    ]
  ],
  [
    "an inverse Fourier transform",
    (x, y) => tf.imag(tf.ifft(tf.complex(x!, y!))),
    [
      [2, 4],
      [2, 4]
    ]
  ],
  [
    "a transform, filtered, and back",
    (x, w) => tf.real(tf.ifft(tf.mul(tf.fft(tf.complex(x!, tf.zerosLike(x!))), tf.complex(w!, w!)))),
    [
      [2, 6],
      [2, 6]
    ]
  ],
  ["the spectrum of real numbers", (x) => tf.abs(tf.spectral.rfft(x!)), [[2, 6]]],
  [
    "the power of a spectrum",
    (x) => tf.add(tf.square(tf.real(tf.rfft(x!))), tf.square(tf.imag(tf.rfft(x!)))),
    [[2, 5]]
  ],
  ["a spectrum and back", (x) => tf.irfft(tf.rfft(x!)), [[2, 6]]],
  ["a spectrogram", (x) => tf.abs(tf.signal.stft(x as tf.Tensor1D, 4, 2)), [[10]]]
]

for (const [backend, layer] of Object.entries({ wasm: Wasm.layer, ...(isInstalled ? { native: Native.layer } : {}) })) {
  describe(`gradients on ${backend}`, () => {
    for (const [name, f, shapes, inputs = drawn] of [
      ...activations,
      ...reductions,
      ...indices,
      ...products,
      ...convolutions,
      ...(backend === "wasm" ? [] : spectra)
    ]) {
      differentiates(name, f, () => shapes.map((shape, place) => inputs(shape, place + 1)), layer)
    }
  })
}
