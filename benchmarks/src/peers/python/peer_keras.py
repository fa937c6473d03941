"""Keras on TensorFlow: `model.fit` on a tf.data pipeline of finished batches, with loss and accuracy."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import keras_transformer
import tensorflow as tf
from keras import layers
from problem import Problem


def perceptron(problem):
    kernels = [path.split("/")[0] for path in problem.values if path.endswith("/kernel")]
    model = keras.Sequential([keras.Input(problem.shape)])
    for at, name in enumerate(kernels):
        activation = "relu" if at + 1 < len(kernels) else None
        model.add(layers.Dense(problem.values[f"{name}/kernel"].shape[1], activation, name=name))
    return model


def lenet5(problem):
    return keras.Sequential(
        [
            keras.Input(problem.shape),
            layers.Conv2D(6, 5, activation="relu", name="conv1"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 5, activation="relu", name="conv2"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(120, "relu", name="dense1"),
            layers.Dense(84, "relu", name="dense2"),
            layers.Dense(problem.classes, name="output"),
        ]
    )


def resnet(problem):
    def unit(name, side, channels, x):
        y = layers.Conv2D(channels, side, padding="same", use_bias=False, name=name)(x)
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{name}_norm")(y)

    def block(name, channels, x):
        y = unit(f"{name}_2", 3, channels, layers.ReLU()(unit(f"{name}_1", 3, channels, x)))
        shortcut = x if x.shape[-1] == channels else unit(f"{name}_shortcut", 1, channels, x)
        return layers.ReLU()(layers.Add()([y, shortcut]))

    inputs = keras.Input(problem.shape)
    x = block("block1", 16, layers.ReLU()(unit("stem", 3, 16, inputs)))
    x = block("block2", 32, layers.AveragePooling2D(2)(x))
    x = block("block3", 64, layers.AveragePooling2D(2)(x))
    outputs = layers.Dense(problem.classes, name="output")(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, outputs)


networks = {"LeNet-5": lenet5, "ResNet": resnet}


class Watch(keras.callbacks.Callback):
    def __init__(self, rounds):
        super().__init__()
        self.rounds = rounds

    def on_epoch_end(self, _epoch, logs=None):
        self.rounds.saw(logs["loss"])


def run(job, rounds):
    problem = Problem(job["folder"])
    if problem.takes_labels:
        model = keras_transformer.transformer(problem)
    else:
        model = networks.get(problem.name, perceptron)(problem)
        for layer in model.layers:
            if values := problem.values_of(layer.name):
                layer.set_weights(list(values.values()))
    numbers = problem.adam
    model.compile(
        optimizer=keras.optimizers.Adam(numbers["rate"], numbers["beta1"], numbers["beta2"], numbers["epsilon"]),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=job["peer"] == "kerasJit",
    )
    data = tf.data.Dataset.from_tensor_slices((problem.inputs, problem.labels)).repeat().prefetch(tf.data.AUTOTUNE)
    # Epochs of one step: the logs of a longer one are running means.
    model.fit(data, steps_per_epoch=1, epochs=rounds.watched, verbose=0, callbacks=[Watch(rounds)])
    threads = os.environ.get("TF_NUM_INTRAOP_THREADS", "all processors")
    rounds.started(f"threads: {threads}", {"keras": keras.__version__, "tensorflow": tf.__version__})
    while True:
        model.fit(data, steps_per_epoch=rounds.begin(), epochs=1, verbose=0)
        rounds.end()
