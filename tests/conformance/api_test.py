"""docs/openapi.yaml against a running server: schemathesis asks for everything that is described there, rightly and
wrongly, and holds every answer against what is said of it."""

import os
import pathlib
import subprocess
import tempfile

from people import People, made
from pictures import png

root = pathlib.Path(__file__).resolve().parents[2]
program = root / ".tools/py/bin/schemathesis"
EXAMPLES = 10  # requests for each operation, beside those at the edges of what is allowed
LIMIT = 800  # seconds, which only something that hangs reaches
SEED = int(os.environ.get("DUNLIN_API_SEED", "1"))


class Api(People):
    settings = People.settings | {f"rates.{name}": 0 for name in ("lookups", "directory", "uploads")}
    settings |= {"signup.policy": "open"}

    def known(self):
        """What is there to be asked for: schemathesis's configuration, and the token of who asks."""
        ada, ben = self.person(), self.person()
        new = {"device": made(16), "device_name": "tablet", "token": made(32)}
        link = self.ask("POST", "/v1/links", new)[1]
        self.ask("POST", "/v1/links/claim", {"code": link["code"]}, ada)
        parameters = {
            "code": self.invite(),
            "account": ben["account"],
            "conversation": self.group(ada, ben),
            "picture": self.put_picture("/v1/pictures", png(0), ada)[1]["picture"],
            "link": link["link"],
        }
        lines = [f'"path.{name}" = "{value}"' for name, value in parameters.items()]
        rename = ['include-path = "/v1/devices/{device}"', 'include-method = "PATCH"']
        rename += [f'parameters = {{ "path.device" = "{ada["device"]}" }}']
        return "\n".join(["[parameters]", *lines, "[[operations]]", *rename]), ada

    def hold(self, config, who, phases):
        self.assertTrue(program.exists(), f"{program} is missing: run `make clients`")
        with tempfile.TemporaryDirectory() as scratch:
            path = pathlib.Path(scratch) / "schemathesis.toml"
            path.write_text('hooks = "api_hooks"\n' + config)
            command = [program, "--config-file", path, "run", root / "docs/openapi.yaml", "--seed", str(SEED)]
            command += ["--url", "http://" + self.hub.addresses["http"]]
            command += ["--header", f"Authorization: Bearer {who['token']}"]
            command += ["--phases", phases, "--max-examples", str(EXAMPLES), "--continue-on-failure"]
            here = str(pathlib.Path(__file__).parent)
            environment = os.environ | {"PYTHONPATH": here, "NO_COLOR": "1"}
            # In a folder of its own: it keeps a database of earlier failures where it runs.
            ended = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, cwd=scratch, env=environment)
        print(f"schemathesis with seed {SEED} (DUNLIN_API_SEED), ended with {ended.returncode}")
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)

    def test_every_answer_is_as_the_document_says(self):
        self.hold("", self.person(), "coverage,fuzzing")

    def test_also_about_what_is_there(self):
        self.hold(*self.known(), "fuzzing")
