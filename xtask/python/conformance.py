"""Runs the authorization mode of the Model Context Protocol's conformance suite for a check:
`cargo xtask setup` installed it. In the middle it waits for a person with a browser."""

import os
import subprocess
from pathlib import Path

from browser import Browser
from ports import free_port
from user_pool import UserPool

FOLDER = Path(os.environ["PROCURA_NODE"]) / "node_modules"
SUITE = FOLDER / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
# What each scenario of the version that is installed ends with.
SCENARIOS = ("authorization-server-metadata-endpoint", "authorization-code-grant")


def passes(pool: UserPool) -> str:
    """What the suite sums up. A scenario that is skipped has passed nothing."""
    port = free_port()
    callback = f"http://127.0.0.1:{port}/callback"
    client = pool.client(callback, callback, has_secret=False)
    process = subprocess.Popen(
        [
            FOLDER / ".bin" / "node", SUITE, "authorization", "--url", pool.issuer,
            "--client-id", client["client_id"], "--port", str(port),
        ],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    lines = []
    try:
        for line in process.stdout:
            lines.append(line.rstrip())
            if "code_challenge=" in line:
                page = Browser().go(line.strip(), pool.signs_in)
                assert page.text == "OK. You can close this page.", page
        assert process.wait(timeout=60) == 0, lines
    finally:
        # It may wait for a person, for five minutes.
        process.kill()
    for scenario in SCENARIOS:
        assert any(is_passed(line, scenario) for line in lines), (scenario, lines)
    [total] = [line for line in lines if line.startswith("Total: ")]
    return total


def is_passed(line: str, scenario: str) -> bool:
    return line == f"✓ {scenario}: 1 passed, 0 failed"
