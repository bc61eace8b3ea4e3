"""The first session of the README, run as it is written; what it prints must be what is written.

Ids, times, paths and counts differ from run to run and are made equal before they are compared.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from service import BINARY, Service

README = Path(__file__).parents[3] / "README.md"

SAME = [
    (r"\b([a-z]{3})_[0-9a-f…]{1,32}", r"\1_ID"),
    (r"PRCA[A-Z2-7]{16}", "KEY"),
    (r"workload-[0-9a-f]{8,}", "workload-ID"),
    (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME"),
    (r"/[^\s\"')]*/\.procura", "DIR"),
    (r"/[^\s\"')]*/\.agentcore\.json: \S+", "FILE: ID"),
    (r"/[^\s\"']*/procura\b", "procura"),
    (r"127\.0\.0\.1:\d+", "ADDRESS"),
    (r"(records|checkpoint|chains) \d+", r"\1 N"),
    (r"\([0-9a-f]{16}\)", "(FINGERPRINT)"),
    (r"[ \t]+", " "),
]


def normal(text: str) -> list[str]:
    for pattern, same in SAME:
        text = re.sub(pattern, same, text)
    return [line.strip() for line in text.strip().splitlines()]


def session() -> list[tuple[str, str]]:
    """(command, what it prints), from the console blocks under the heading."""
    text = README.read_text().split("## The first session")[1].split("\n## ")[0]
    blocks = re.findall(r"```console\n(.*?)```", text, re.S)
    steps = []
    for line in "".join(blocks).splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], ""))
        else:
            command, printed = steps[-1]
            steps[-1] = (command, printed + line + "\n")
    return steps


def compare(command: str, written: str, printed: str) -> None:
    if normal(written) != normal(printed):
        sys.exit(f"the README says of `{command}`:\n{written}\nand it prints:\n{printed}")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="procura-readme-") as directory:
        home = Path(directory)
        service = Service(home / ".procura", None)
        service.start()
        try:
            paths = [str(Path(BINARY).parent), str(Path(sys.executable).parent), os.environ["PATH"]]
            environment = {"PATH": ":".join(paths), "HOME": directory, "LANG": "C.UTF-8"}
            evaluated = ""
            for command, written in session():
                if command.startswith("export PATH="):
                    continue
                if command == "procura dev":
                    compare(command, written, service.greeting)
                elif command.startswith("eval "):
                    evaluated = command + "\n"
                elif command.startswith("cat "):
                    (home / command.removeprefix("cat ")).write_text(written)
                else:
                    done = subprocess.run(
                        ["bash", "-ec", evaluated + command],
                        capture_output=True, text=True, cwd=home, env=environment,
                    )
                    if done.returncode != 0:
                        sys.exit(f"`{command}` failed: {done.stdout}{done.stderr}")
                    compare(command, written, done.stdout)
        finally:
            service.stop()
    print(f"README: {len(session())} commands print what it says")


if __name__ == "__main__":
    main()
