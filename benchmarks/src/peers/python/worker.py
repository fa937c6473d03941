"""A peer in Python. The messages are those of ../Protocol.ts, as lines of JSON on the channel that Node opens for its children.

worker.py JOB, where JOB is JSON: {"peer", "folder", "watched"}, or {"peer": "matmul"} for the speed of matrix multiplication.
"""

import importlib
import json
import os
import pathlib
import resource
import socket
import sys
import time

modules = {
    "keras": "peer_keras",
    "kerasJit": "peer_keras",
    "pytorch": "peer_torch",
    "torchCompile": "peer_torch",
    "lightning": "peer_lightning",
    "matmul": "matmul",
}


class Channel:
    def __init__(self):
        self.socket = socket.socket(fileno=int(os.environ["NODE_CHANNEL_FD"]))
        self.lines = self.socket.makefile("r", encoding="utf-8")

    def send(self, **message):
        self.socket.sendall((json.dumps(message) + "\n").encode())

    def steps(self):
        """How many steps the next round has; ends the process when nobody is there any more."""
        line = self.lines.readline()
        if not line:
            os._exit(0)
        return json.loads(line)["steps"]


def memory():
    """Bytes that are resident now, and the most until now."""
    try:
        lines = pathlib.Path("/proc/self/status").read_text().splitlines()
        status = dict(line.split(":", 1) for line in lines)
        return tuple(1024 * int(status[key].split()[0]) for key in ("VmRSS", "VmHWM"))
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return most, most


class Rounds:
    """The course that every peer follows: first the watched steps, then rounds until the process is ended."""

    def __init__(self, channel, job, imported_at):
        self.channel, self.watched, self.imported_at = channel, job["watched"], imported_at
        self.losses, self.first_step_at = [], None

    def saw(self, loss):
        """To be told of the loss of each watched step, at once."""
        if self.first_step_at is None:
            self.first_step_at = 1000 * time.time()
        self.losses.append(float(loss))

    def started(self, on, versions):
        self.channel.send(
            _tag="Started",
            on=on,
            versions={"python": sys.version.split()[0], **versions},
            importedAt=self.imported_at,
            firstStepAt=self.first_step_at,
            losses=self.losses,
        )

    def begin(self):
        """Waits for a request; gives its number of steps. The round's time runs from here."""
        self.steps = self.channel.steps()
        self.cpu, self.time = time.process_time(), time.perf_counter()
        return self.steps

    def end(self):
        milliseconds = 1000 * (time.perf_counter() - self.time)
        cpu = 1000 * (time.process_time() - self.cpu)
        resident, peak = memory()
        measured = {
            "steps": self.steps,
            "milliseconds": milliseconds,
            "cpuMilliseconds": cpu,
            "residentBytes": resident,
            "peakBytes": peak,
        }
        self.channel.send(_tag="Measured", round=measured)


def main():
    channel = Channel()
    job = json.loads(sys.argv[1])
    try:
        peer = importlib.import_module(modules[job["peer"]])
        peer.run(job, Rounds(channel, {"watched": 0, **job}, 1000 * time.time()))
    except ImportError as error:
        channel.send(_tag="Unavailable", message=str(error).split("\n")[0])
    except Exception as error:
        channel.send(_tag="Failed", message=f"{type(error).__name__}: {error}")


main()
