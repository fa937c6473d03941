"""Lightning's Trainer in its barest mode: no logger, no progress bar, no checkpoints, nothing measured."""

from itertools import cycle

import lightning
import lightning.pytorch as pl
import torch_networks
from problem import Problem


class Batches:
    """An epoch is a round: as many batches as were asked for, each made already."""

    def __init__(self, problem, steps):
        self.batches, self.steps = cycle(torch_networks.batches(problem)), steps

    def __iter__(self):
        given = 0
        while given < self.steps:
            given += 1
            yield next(self.batches)


class Module(pl.LightningModule):
    def __init__(self, problem, rounds):
        super().__init__()
        self.network = torch_networks.network(problem)
        self.problem, self.rounds = problem, rounds
        self.batches = Batches(problem, rounds.watched)

    def train_dataloader(self):
        return self.batches

    def configure_optimizers(self):
        return torch_networks.adam(self.problem, self.parameters())

    def training_step(self, batch, _index):
        inputs, labels = batch
        return torch_networks.loss(self.network(inputs), labels)

    def on_train_batch_end(self, outputs, _batch, _index):
        if self.trainer.current_epoch == 0:
            self.rounds.saw(outputs["loss"].item())


class Course(pl.Callback):
    """The first epoch has the watched steps, each other one is a round."""

    def on_train_epoch_start(self, trainer, module):
        if trainer.current_epoch > 0:
            module.batches.steps = module.rounds.begin()

    def on_train_epoch_end(self, trainer, module):
        if trainer.current_epoch > 0:
            module.rounds.end()
        else:
            on, versions = torch_networks.about()
            module.rounds.started(on, {**versions, "lightning": lightning.__version__})


def run(job, rounds):
    problem = Problem(job["folder"])
    trainer = pl.Trainer(accelerator="cpu", devices=1, max_epochs=-1, barebones=True, callbacks=[Course()])
    trainer.fit(Module(problem, rounds))
