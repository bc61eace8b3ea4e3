"""Agents with the SDK's own decorator act for users, on both engines: an asynchronous one, a
synchronous one that is called where a loop runs, and one whose user says no. Their workload access
tokens are delivered as a hosting runtime delivers them. The SDK's own poller asks every 5 seconds,
so that the three agents run side by side.
"""

import json
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from application import Application
from browser import at_demo
from delegation import Delegate, ask_api, demo_issuer
from service import Service, each

# The SDK asks after 5 seconds; the rest is for a slow machine.
PATIENCE_S = 20

AGENT = textwrap.dedent(
    """
    import asyncio, json, sys
    from bedrock_agentcore.identity.auth import requires_access_token
    from bedrock_agentcore.runtime import BedrockAgentCoreContext
    from botocore.exceptions import ClientError

    hosted = json.load(sys.stdin)
    BedrockAgentCoreContext.set_workload_access_token(hosted["token"])

    def say(**what):
        print(json.dumps(what), flush=True)

    async def shown(url):
        say(url=url)

    def agent(function, on_auth_url, **more):
        return requires_access_token(
            provider_name="demo", auth_flow="USER_FEDERATION", on_auth_url=on_auth_url,
            callback_url=hosted["callback_url"], custom_state=hosted["state"], **more,
        )(function)

    async def asynchronous(what, *, access_token):
        return [what, access_token]

    def synchronous(what, *, access_token):
        return [what, access_token]

    async def async_agent():
        read = agent(asynchronous, shown, scopes=["read"])
        say(given=await read("first"))
        say(given=await read("again"))
        forced = agent(asynchronous, shown, scopes=["read"], force_authentication=True)
        say(given=await forced("forced"))

    async def sync_agent():
        act = agent(synchronous, lambda url: say(url=url), scopes=["read", "repo"])
        say(given=act("inside"))

    def refused_agent():
        act = agent(synchronous, lambda url: say(url=url), scopes=["repo"])
        try:
            act("never")
        except ClientError as error:
            say(refused=error.response["Error"])

    match hosted["kind"]:
        case "async":
            asyncio.run(async_agent())
        case "sync":
            asyncio.run(sync_agent())
        case "refused":
            refused_agent()
    """
)


class Hosted:
    """An agent in a process of its own, and the user for whom it acts."""

    def __init__(self, service: Service, application: Application, kind: str, user: str) -> None:
        self.application = application
        self.user = user
        self.links = 0
        self.decided_at = 0.0
        token = Delegate(service, "agent", user, application.return_url).token
        self.process = subprocess.Popen(
            [sys.executable, "-c", AGENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env=service.environment(), cwd=service.directory,
        )
        hosted = {
            "kind": kind, "token": token, "callback_url": application.return_url,
            "state": application.new_state(user),
        }
        self.process.stdin.write(json.dumps(hosted))
        self.process.stdin.close()

    def run(self, decision: str) -> list[dict]:
        """What the agent says until it ends. Where it shows a link, the user opens it."""
        said = []
        try:
            for line in self.process.stdout:
                heard = json.loads(line)
                if "url" in heard:
                    self.decide(heard["url"], decision)
                    continue
                heard["after_s"] = time.monotonic() - self.decided_at
                said.append(heard)
        except BaseException:
            # It would wait for ten minutes.
            self.process.kill()
            raise
        assert self.process.wait(timeout=60) == 0, f"the agent of {self.user} failed; {said}"
        return said

    def decide(self, url: str, decision: str) -> None:
        self.links += 1
        browser = self.application.signed_in(self.user)
        page = browser.go(url, at_demo(self.user, decision))
        expected = "not linked: access_denied" if decision == "deny" else f"linked for {self.user}"
        assert page.status == 200 and expected in page.text, page
        self.decided_at = time.monotonic()


def whose(issuer: str, token: str) -> tuple[str, list[str]]:
    seen = ask_api(f"{issuer}/api/whoami", token)
    return seen["user"], sorted(seen["scopes"])


def asynchronous(agent: Hosted) -> float:
    issuer = agent.application.issuer
    first, again, forced = agent.run("allow")
    told = [heard["given"][0] for heard in (first, again, forced)]
    assert told == ["first", "again", "forced"], told
    assert whose(issuer, first["given"][1]) == ("alice", ["read"])
    # What was consented to is there at once; who forces is shown a link, once, and waits.
    assert again["given"][1] == first["given"][1]
    assert forced["given"][1] != first["given"][1] and agent.links == 2, agent.links
    assert whose(issuer, forced["given"][1]) == ("alice", ["read"])
    return max(first["after_s"], forced["after_s"])


def synchronous(agent: Hosted) -> float:
    [heard] = agent.run("allow")
    what, token = heard["given"]
    assert what == "inside" and agent.links == 1, (what, agent.links)
    assert whose(agent.application.issuer, token) == ("bob", ["read", "repo"])
    return heard["after_s"]


def denied(agent: Hosted) -> float:
    """The SDK would wait for ten minutes; an error ends that at its next question."""
    [heard] = agent.run("deny")
    assert heard["refused"]["Code"] == "AccessDeniedException", heard
    assert "did not consent" in heard["refused"]["Message"], heard
    return heard["after_s"]


def all_at_once(service: Service, application: Application) -> list[float]:
    kinds = [("async", "alice", asynchronous), ("sync", "bob", synchronous)]
    kinds.append(("refused", "carol", denied))
    with ThreadPoolExecutor(len(kinds)) as pool:
        running = [
            pool.submit(check, Hosted(service, application, kind, user))
            for kind, user, check in kinds
        ]
        return [one.result() for one in running]


def main() -> None:
    for engine, service in each():
        data = service.client("bedrock-agentcore")
        with Application(data, demo_issuer(service)) as application:
            control = service.client("bedrock-agentcore-control")
            urls = [application.return_url]
            control.create_workload_identity(name="agent", allowedResourceOauth2ReturnUrls=urls)
            took = all_at_once(service, application)
        assert max(took) < PATIENCE_S, f"the SDK's poll ended only after {took} s"
        refused = took[-1]
        print(f"@requires_access_token for users on {engine}: ok; a no was heard in {refused:.1f} s")


if __name__ == "__main__":
    main()
