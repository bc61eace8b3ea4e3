"""`procura demo` beside `procura dev --ephemeral`, on both engines: the whole way of a user's token,
offline, and what it says of it. A second run asks nobody, `--again` does, every user sees their own,
and a user may say no."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from browser import Answer, Browser, Form, Page, at_demo
from service import BINARY, engines

REPOSITORIES = {
    "alice": ["wonderland", "looking-glass", "tea-party"],
    "bob": ["builder", "toolbox", "invoices", "crane"],
}
# A newcomer waits no longer for the first run.
RUN_S_MAX = 60
TOKENS = ("procura_wat_", "eyJ", "demo_at_", "demo_rt_", "demo_code_", "Bearer")


class Dev:
    """`procura dev --ephemeral`, whose data directory is known by its greeting."""

    def __init__(self, *options: str) -> None:
        # With this one the demo providers and the session-binding service take free ports, too.
        command = [BINARY, "dev", "--ephemeral", "--port", "0", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.directory = ""
        for line in self.process.stdout:
            if found := re.match(r"  State  (\S+) ", line):
                self.directory = found[1]
            if "Press Ctrl-C" in line:
                return
        sys.exit(f"procura dev ended with {self.process.wait()} before it was ready")

    def __enter__(self) -> "Dev":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        assert self.process.wait(timeout=60) == 0, self.process.returncode

    def command(self, *arguments: str) -> list[str]:
        return [BINARY, *arguments, "--data-dir", self.directory]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=120)

    def demo(self, *options: str) -> str:
        """What a run says that succeeds, without a secret in it."""
        done = self.run("demo", *options)
        said = done.stdout + done.stderr
        assert done.returncode == 0, said
        assert not any(token in said for token in TOKENS), said
        return done.stdout

    def facts(self, *options: str) -> dict:
        return json.loads(self.demo("--output", "json", *options))


def the_first_run_is_the_whole_way(dev: Dev) -> float:
    began = time.monotonic()
    said = dev.demo("--yes")
    took = time.monotonic() - began
    assert took < RUN_S_MAX, f"the first run took {took} s"
    for expected in (
        "✓ agent demo-agent (made now)",
        "✓ alice consented to repo",
        "✓ demo-agent lists the repositories of alice: wonderland, looking-glass, tea-party",
        "audit tail --data-dir",
    ):
        assert expected in said, (expected, said)
    [counts] = re.findall(r"✓ audit: (\d+) new records, (\d+) in all, every one verified", said)
    assert 5 <= int(counts[0]) <= int(counts[1]), said
    return took


def the_next_commands_work(dev: Dev, said: str) -> None:
    commands = [line.split() for line in said.partition("Next:\n")[2].splitlines() if line.strip()]
    assert len(commands) == 2, said
    for command in commands:
        subprocess.run(command, check=True, capture_output=True)


def a_second_run_asks_nobody(dev: Dev) -> None:
    # Without --yes: if somebody were asked, this would wait for ten minutes.
    said = dev.demo()
    assert "alice consented before" in said and "http://" not in said, said
    the_next_commands_work(dev, said)
    facts = dev.facts()
    assert facts["consent_was_asked"] is False and facts["agent_is_new"] is False, facts
    assert facts["repositories"] == REPOSITORIES["alice"], facts
    facts = dev.facts("--again", "--yes")
    assert facts["consent_was_asked"] is True, facts
    assert facts["repositories"] == REPOSITORIES["alice"], facts


@contextmanager
def waiting(dev: Dev, user: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A run without --yes that has printed its link, and the link."""
    running = subprocess.Popen(
        dev.command("demo", "--user", user), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    try:
        said = ""
        for line in running.stdout:
            said += line
            if "/identities/oauth2/authorize?" in line:
                break
        assert f"log in as {user} with the password demo-password" in said, said
        yield running, line.strip()
    finally:
        running.kill()
        running.wait()


def a_person_consents_in_a_browser(dev: Dev) -> None:
    with waiting(dev, "bob") as (running, link):
        page = Browser().go(link, continues("bob"))
        assert page.status == 200 and "Done" in page.text, page
        rest, _ = running.communicate(timeout=60)
    assert running.returncode == 0, rest
    assert f"repositories of bob: {', '.join(REPOSITORIES['bob'])}" in rest, rest


def a_person_says_no(dev: Dev) -> None:
    with waiting(dev, "carol") as (running, link):
        Browser().go(link, at_demo("carol", "deny"))
        rest, wrong = running.communicate(timeout=60)
    assert running.returncode == 1 and "did not consent" in wrong, (rest, wrong)
    assert "repositories" not in rest, rest


def the_wait_can_be_ended(dev: Dev) -> None:
    with waiting(dev, "dave") as (running, _):
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=10) != 0


def continues(user: str) -> Answer:
    """A person who allows, and presses Continue where the session is bound."""
    at_provider = at_demo(user)

    def answer(page: Page, form: Form) -> dict[str, str] | None:
        return {"decision": "continue"} if form.path == "/linked" else at_provider(page, form)

    return answer


def the_deputy_is_not_confused(dev: Dev) -> None:
    told = dev.demo("deputy")
    for expected in ("✓ the API key of demo-weather is given", "who   deputy, for bob", "✓ deputy is suspended"):
        assert expected in told, (expected, told)
    # It clears up behind itself: a second story is the same.
    done = dev.run("demo", "deputy", "--output", "json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    who = [(one["through"], one["agent"], one["user"]) for one in facts["refused"]]
    assert who == [
        ([], "deputy", "bob"),
        (["deputy"], "deputy-reader", "alice"),
        (["deputy"], "deputy-reader", "alice"),
    ], facts
    assert "account/demo-deputy" in facts["refused"][0]["why"], facts
    assert facts["verified"] > 40 and facts["stopped_within_ms"] <= 1000, facts
    assert "demo-deputy" not in dev.run("policies", "list", "--account", "0" * 12).stdout


def what_cannot_be_is_said() -> None:
    with Dev("--no-demo") as dev:
        done = dev.run("demo", "--yes")
        assert done.returncode == 1 and "--no-demo" in done.stderr, done
        nobody = dev.run("demo", "--user", "mallory")
        assert nobody.returncode == 2 and "alice" in nobody.stderr, nobody
    # It is gone now.
    done = dev.run("demo", "--yes")
    assert done.returncode == 1 and "procura dev --data-dir" in done.stderr, done


def main() -> None:
    # Whoever runs this in the background of a script has Ctrl-C ignored, and so would the children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for engine, store in engines():
        with Dev(*(["--store", store] if store else [])) as dev:
            took = the_first_run_is_the_whole_way(dev)
            a_second_run_asks_nobody(dev)
            a_person_consents_in_a_browser(dev)
            a_person_says_no(dev)
            the_wait_can_be_ended(dev)
            the_deputy_is_not_confused(dev)
        print(f"procura demo on {engine}: ok; the first run took {took:.1f} s")
    what_cannot_be_is_said()


if __name__ == "__main__":
    main()
