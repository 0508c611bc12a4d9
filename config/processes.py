"""Keeps the demo's processes running: starts them, restarts one that ends, and stops them all together."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded import PROJECT, die_with_parent

STOP_TIMEOUT_SECONDS = 15
CHECK_SECONDS = 0.5
RESTART_PAUSE_SECONDS = 2


@dataclass
class Crew:
    var: Path
    _commands: dict[str, list[str]] = field(default_factory=dict)
    _running: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)

    def start(self, name: str, *command: str) -> None:
        """Output goes to var/<name>.log; the process ends when this one does, however that happens."""
        self._commands[name] = list(command)
        with (self.var / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                command,
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C reaches them through us, in order
                preexec_fn=die_with_parent,
                env=os.environ,
            )

    def watch(self) -> None:
        """Until something raises: start again what has ended."""
        while True:
            for name, process in list(self._running.items()):
                if process.poll() is not None:
                    print(
                        f"The {name} ended ({process.returncode}); starting it again.",
                        file=sys.stderr,
                        flush=True,
                    )
                    time.sleep(RESTART_PAUSE_SECONDS)
                    self.start(name, *self._commands[name])
            time.sleep(CHECK_SECONDS)

    def stop(self) -> None:
        """In the reverse order of their start, so that nobody loses what they depend on."""
        for process in reversed(self._running.values()):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                _wait(process)
        self._running.clear()


def _wait(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(STOP_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
