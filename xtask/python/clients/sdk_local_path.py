"""Agents with the SDK's own decorator on its own local path, without a runtime that hosts them, on
both engines: the SDK makes the workload identity and the user's name itself, names no place to come
back to, and prints a link. In `dev` the built-in page completes what the user began there, after it
said that nobody proved the user. Elsewhere nobody does.
"""

import json
import re
import socket
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from authorization_server import AuthorizationServer
from browser import Answer, Browser, Form, Page, at_demo
from delegation import ask_api, demo_issuer
from oauth2_clients import ACCOUNT
from service import BINARY, Service, each, running

AGENT = textwrap.dedent(
    """
    import asyncio, json, sys
    from bedrock_agentcore.identity.auth import requires_access_token
    from botocore.exceptions import ClientError

    kind, *place = sys.argv[1:]

    def say(**what):
        print(json.dumps(what), flush=True)

    async def shown(url):
        say(url=url)

    def agent(function, on_auth_url):
        return requires_access_token(
            provider_name="demo", auth_flow="USER_FEDERATION", scopes=["read"],
            on_auth_url=on_auth_url, callback_url=place[0] if place else None,
        )(function)

    async def asynchronous(*, access_token):
        return access_token

    def synchronous(*, access_token):
        return access_token

    try:
        if kind == "async":
            say(token=asyncio.run(agent(asynchronous, shown)()))
        else:
            say(token=agent(synchronous, lambda url: say(url=url))())
    except ClientError as error:
        say(refused=error.response["Error"])
    """
)
UNPROVED = "Nobody has proved who you are."


class Agent:
    """A developer's agent, in the folder where the SDK keeps who it is."""

    def __init__(self, service: Service, folder: str) -> None:
        self.service = service
        self.folder = folder

    @contextmanager
    def run(self, *arguments: str) -> Iterator[Iterator[dict]]:
        """What it says, as it says it. It is ended, whatever it still waits for."""
        process = subprocess.Popen(
            [sys.executable, "-c", AGENT, *arguments], stdout=subprocess.PIPE, text=True,
            env=self.service.environment(), cwd=self.folder,
        )
        try:
            # The SDK says something, too.
            yield (json.loads(line) for line in process.stdout if line.startswith("{"))
        finally:
            process.kill()
            process.wait(timeout=60)

    def known(self) -> dict[str, str]:
        """Who the SDK says that it is."""
        return json.loads((Path(self.folder) / ".agentcore.json").read_text())


def at_page(user: str, shown: list[Page]) -> Answer:
    """Logs in and consents at the demo provider; then says yes on the built-in page, which is added
    to `shown`."""
    demo = at_demo(user)

    def answer(page: Page, form: Form) -> dict[str, str] | None:
        if form.path != "/linked":
            return demo(page, form)
        shown.append(page)
        return {"decision": "continue"}

    return answer


def a_developer_lets_an_agent_act(service: Service, kind: str, user: str) -> None:
    with tempfile.TemporaryDirectory(prefix="procura-agent-") as folder:
        agent = Agent(service, folder)
        browser = Browser()
        with agent.run(kind) as says:
            url = next(says)["url"]
            [shown] = opens(browser, url, user)
            name = agent.known()["user_id"]
            assert UNPROVED in shown.text and f"<bdi>{name}</bdi>" in shown.text, shown
            assert agent.known()["workload_identity_name"] in shown.text, shown
            token = next(says)["token"]
        whoami = ask_api(f"{demo_issuer(service)}/api/whoami", token)
        assert (whoami["user"], whoami["scopes"]) == (user, ["read"]), whoami
        # The next run is the same agent for the same name, and nobody is asked.
        with agent.run(kind) as says:
            assert next(says) == {"token": token}
        # Of a link that was used nothing comes, whoever opens it.
        late = Browser().go(url, at_page(user, []))
        assert late.status >= 400 and UNPROVED not in late.text, late


def opens(browser: Browser, url: str, user: str) -> list[Page]:
    """The user opens the link and does what the pages say: what the built-in page said."""
    shown: list[Page] = []
    page = browser.go(url, at_page(user, shown))
    assert page.status == 200 and not page.forms, page
    return shown


def who_reads_nothing_allows_nothing(service: Service) -> None:
    """Continue without the tick is no yes; the page can be answered again."""
    with tempfile.TemporaryDirectory(prefix="procura-agent-") as folder:
        browser, demo = Browser(), at_demo("carol")

        def stops(page: Page, form: Form) -> dict[str, str] | None:
            return None if form.path == "/linked" else demo(page, form)

        with Agent(service, folder).run("sync") as says:
            [form] = browser.go(next(says)["url"], stops).forms
            assert form.fields.pop("understood") == "yes", form
            page = browser.submit(form, decision="continue")
            assert page.status == 400 and "Tick the box" in page.text, page
            page = browser.submit(form, decision="continue", understood="yes")
            assert page.status == 200, page
            assert "token" in next(says)


def strict_policies_believe_nobody(service: Service) -> None:
    with tempfile.TemporaryDirectory(prefix="procura-agent-") as folder:
        with Agent(service, folder).run("sync") as says:
            refused = next(says)["refused"]
    assert refused["Code"] == "AccessDeniedException", refused
    assert "users must be proved here" in refused["Message"], refused


def a_page_that_was_not_told_to_completes_nothing(service: Service) -> None:
    """The session-binding service by itself has no such users unless it is started for them."""
    with (
        tempfile.TemporaryDirectory(prefix="procura-agent-") as folder,
        AuthorizationServer() as issuer,
        binding(service, issuer, Path(folder)) as page,
    ):
        agent = Agent(service, folder)
        # The SDK makes the identity; where its users may come back to, somebody has to say.
        with agent.run("sync") as says:
            next(says)
        control = service.client("bedrock-agentcore-control")
        control.update_workload_identity(
            name=agent.known()["workload_identity_name"], allowedResourceOauth2ReturnUrls=[page],
        )
        with agent.run("sync", page) as says:
            demo = at_demo("carol")

            def answer(there: Page, form: Form) -> dict[str, str] | None:
                if "prompt" in form.fields:
                    return {"login": "carol", "password": "any"}
                return demo(there, form)

            end = Browser().go(next(says)["url"], answer)
        assert end.status == 403 and "without proving who that is" in end.text, end
        assert not end.forms, end
        # The agent is told to wait, as before.
        with agent.run("sync", page) as says:
            assert "url" in next(says)


@contextmanager
def binding(service: Service, issuer: AuthorizationServer, folder: Path) -> Iterator[str]:
    """The session-binding service apart from `dev`: the URL of its page."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    issuer.clients({
        "client_id": "binding", "client_secret": "of-the-binding",
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code"], "response_types": ["code"],
        "redirect_uris": [f"http://{address}/callback"],
    })
    made = service.cli("keys", "create", "--account", ACCOUNT, "--role", "binding",
                       "--output", "json")
    [key] = json.loads(made.stdout)
    files = {"key": key["secret"], "client": "of-the-binding"}
    for name, secret in files.items():
        (folder / name).write_text(secret)
        (folder / name).chmod(0o600)
    process = subprocess.Popen(
        [
            BINARY, "session-binding", "--listen", address, "--base-url", f"http://{address}",
            "--api-url", service.environment()["AWS_ENDPOINT_URL_BEDROCK_AGENTCORE"],
            "--access-key-id", key["id"],
            "--secret-access-key-file", folder / "key",
            "--discovery-url", issuer.discovery_url, "--client-id", "binding",
            "--client-secret-file", folder / "client", "--cookie-key-file", folder / "cookies",
            "--allow-outbound", "127.0.0.1/32:*",
        ],
        stdout=subprocess.PIPE, text=True,
    )
    try:
        said = ""
        for line in process.stdout:
            said += line
            if "Redirect URI" in line:
                break
        [page] = re.findall(r"Page +(\S+)", said) or [None]
        assert page, f"session-binding ended with {process.wait(timeout=60)}: {said}"
        yield page
    finally:
        process.terminate()
        process.wait(timeout=60)


CHECKS = (
    lambda service: a_developer_lets_an_agent_act(service, "async", "alice"),
    lambda service: a_developer_lets_an_agent_act(service, "sync", "bob"),
    who_reads_nothing_allows_nothing,
    a_page_that_was_not_told_to_completes_nothing,
)


def main() -> None:
    for engine, service in each():
        # The SDK's own poller asks every 5 seconds, so that they wait side by side.
        with ThreadPoolExecutor(len(CHECKS)) as pool:
            for one in [pool.submit(check, service) for check in CHECKS]:
                one.result()
        tail = service.cli("audit", "tail", "-n", "200").stdout
        assert "who is not proved" in tail and "the user consented" in tail, tail
        verified = service.cli("audit", "verify").stdout
        assert verified.startswith("verified: "), verified
        print(f"@requires_access_token without a runtime on {engine}: ok; {verified.strip()}")
    with running(None, "--policies", "strict") as service:
        strict_policies_believe_nobody(service)
        print("@requires_access_token without a runtime under strict policies: refused")


if __name__ == "__main__":
    main()
