"""The app in a browser: what bench/app measures, as results of `app` and of `static`, a page of the same DOM.

The latter has no scripts: what it takes is the browser's own.
"""

import json
import os
import pathlib
import subprocess

from servers import Failed

root = pathlib.Path(__file__).resolve().parents[2]
NAMES = ["app_start", "app_sent", "app_scroll", "app_missed", "app_memory"]
REPEATED = 5


def prepare():
    """Builds the app if it is not as its sources are."""
    if not (root / "node_modules").exists():
        raise Failed("the npm packages are not installed (tools/setup web browsers)")
    if subprocess.run([root / "tools/app"]).returncode != 0:
        raise Failed("the app could not be built")


def run(bench, name):
    """Yields two results for each run, as they come."""
    command = [root / "tools/web", "node", "bench/app/main.ts", name.removeprefix("app_")]
    command += ["--repeat", str(bench.repeat or REPEATED)] + ["--smoke"] * bench.smoke
    environment = os.environ | {"DUNLIN": str((bench.build / "dunlin").resolve())}
    with subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True) as measuring:
        for line in measuring.stdout:
            for server, figures in json.loads(line).items():
                yield figures | {"name": name, "server": server}
    if measuring.returncode != 0:
        raise Failed(f"bench/app ended with {measuring.returncode}; its own message is above")


def browser():
    """Its name and version."""
    program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    words = subprocess.run([program, "--version"], capture_output=True, text=True).stdout.split()
    return f"{' '.join(words[:2])}, the browser and the server on the same machine"
