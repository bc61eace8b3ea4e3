"""An unmodified boto3 has a user let an agent act, on both engines: the agent asks, the user logs
in and consents at the demo provider in a browser, an application says who came back, and the agent
has the token. What others must not be able to do, they try."""

import re
import sys
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parent.parent))
from application import Application, user_token
from browser import Browser, Page, at_demo, query_of
from delegation import Begun, Delegate, ask_api, demo_issuer
from service import Service, each, refused


class Stage:
    """The agent, its users, and the application that they come back to."""

    def __init__(self, service: Service, application: Application) -> None:
        self.service = service
        self.application = application
        self.issuer = application.issuer
        control = service.client("bedrock-agentcore-control")
        urls = [application.return_url]
        control.create_workload_identity(name="agent", allowedResourceOauth2ReturnUrls=urls)
        self.alice = Delegate(service, "agent", "alice", application.return_url)
        self.bob = Delegate(service, "agent", "bob", application.return_url)

    def opens(self, token: str, *scopes: str) -> bool:
        """Whether a token is Alice's and good for these scopes, all of them and no others."""
        seen = ask_api(f"{self.issuer}/api/whoami", token)
        assert (seen["user"], sorted(seen["scopes"])) == ("alice", sorted(scopes)), seen
        return True

    def repositories(self, token: str) -> list[str]:
        return [one["name"] for one in ask_api(f"{self.issuer}/api/repositories", token)]


def scopes_asked(browser: Browser) -> list[str]:
    """The scopes on the last consent page that a browser was shown."""
    pages = [page for page in browser.pages if 'value="allow"' in page.text]
    assert pages, [page.url for page in browser.pages]
    items = [item.partition("</code>")[0] for item in pages[-1].text.split("<li>")[1:]]
    return sorted(item.rpartition("<code>")[2] for item in items)


def authorization_request(browser: Browser, issuer: str) -> dict[str, str]:
    """What a browser was last sent to the provider with."""
    urls = [page.url for page in browser.pages if page.url.startswith(f"{issuer}/authorize?")]
    return query_of(urls[-1])


def returned_with(application: Application, begun: Begun) -> str:
    """The `session_id` that the last browser brought to the application: the URI that the agent was
    given and, after a dot, what nobody but that browser was told."""
    session_id = application.returns[-1]["session_id"]
    assert session_id.startswith(f"{begun.uri}."), application.returns[-1]
    # 32 bytes in base64url.
    assert re.fullmatch(r"[\w-]{43}", session_id.removeprefix(f"{begun.uri}.")), session_id
    return session_id


def consents(stage: Stage, begun: Begun, user: str = "alice") -> Browser:
    """The user goes all the way: to the provider, back, and to the application."""
    browser = stage.application.signed_in(user)
    page = browser.go(begun.url, at_demo(user))
    assert (page.status, page.text.count(f"linked for {user}")) == (200, 1), page
    return browser


def a_user_lets_an_agent_act(stage: Stage) -> str:
    application, alice = stage.application, stage.alice
    state = application.new_state("alice")
    begun = alice.begins("read", customState=state)
    assert "/identities/oauth2/authorize?request_uri=urn%3Aietf%3A" in begun.url, begun.url
    assert alice.is_waiting(begun)
    browser = consents(stage, begun)
    request = authorization_request(browser, stage.issuer)
    assert request["response_type"] == "code" and request["scope"] == "read", request
    assert request["code_challenge_method"] == "S256", request
    # The provider is told nothing of what the application and the agent say to each other.
    assert state not in str(request) and application.url not in str(request), request
    [returned] = application.returns
    session_id = returned_with(application, begun)
    expected = {"tab": "1", "session_id": session_id, "state": state}
    assert returned == expected, returned
    token = alice.ends(begun)
    assert stage.repositories(token) == ["wonderland", "looking-glass", "tea-party"]
    assert stage.opens(token, "read")
    # From now on it is there at once, and for nobody else.
    assert alice.gets("read") == token
    again = Delegate(stage.service, "agent", "alice", application.return_url)
    assert again.gets("read") == token
    assert stage.bob.is_waiting(stage.bob.begins("read"))
    return token


def the_scopes_grow_by_consent(stage: Stage, token: str) -> str:
    alice, application = stage.alice, stage.application
    begun = alice.begins("write", customState=application.new_state("alice"))
    # What was allowed is there meanwhile.
    assert alice.gets("read") == token
    browser = consents(stage, begun)
    request = authorization_request(browser, stage.issuer)
    assert request["scope"] == "read write", request
    assert scopes_asked(browser) == ["read", "write"], scopes_asked(browser)
    grown = alice.ends(begun)
    assert grown != token and stage.opens(grown, "read", "write")
    for scopes in (["read"], ["write"], ["write", "read"]):
        assert alice.gets(*scopes) == grown, scopes
    return grown


def the_user_is_asked_anew_on_wish(stage: Stage, token: str) -> str:
    alice, application = stage.alice, stage.application
    state = application.new_state("alice")
    begun = alice.begins("read", forceAuthentication=True, customState=state)
    assert alice.is_waiting(begun)
    # Who does not force has the old one until then.
    assert alice.gets("read") == token
    consents(stage, begun)
    fresh = alice.ends(begun)
    # What was consented to before is not lost by it.
    assert fresh != token and stage.opens(fresh, "read", "write")
    assert alice.gets("write") == fresh
    return fresh


def nobody_else_can_complete(stage: Stage) -> None:
    alice, application = stage.alice, stage.application
    begun = alice.begins("repo", customState=application.new_state("alice"))
    browser = application.signed_in("alice")
    # Up to the provider's answer, which the browser does not follow yet.
    answers = goes_to_callback(stage, browser, begun)
    # The callback is worth nothing in a browser that did not leave from here.
    foreign = application.signed_in("bob").get(answers.location)
    assert foreign.status == 409 and "another browser" in foreign.text, foreign
    assert alice.is_waiting(begun)
    back = browser.get(answers.location)
    assert back.status == 302 and back.location.startswith(application.return_url), back
    # Bob, signed in at the application, brings the link that Alice was sent back with.
    page = application.signed_in("bob").get(back.location)
    assert page.status == 403 and "AccessDeniedException" in page.text, page
    assert "another user" in page.text, page
    assert alice.is_waiting(begun)
    call, session_id = alice.data.complete_resource_token_auth, returned_with(application, begun)
    named = {"userId": "alice"}
    for known in (begun.uri, session_id):
        refused("AccessDeniedException", call, sessionUri=known, userIdentifier=named)
    # Nor can anybody, not even for Alice herself, without what her browser brings.
    proved = {"userToken": user_token(stage.issuer, "alice")}
    message = refused("AccessDeniedException", call, sessionUri=begun.uri, userIdentifier=proved)
    assert "and not with its sessionUri" in message, message
    guessed = f"{begun.uri}.{'A' * 43}"
    refused("AccessDeniedException", call, sessionUri=guessed, userIdentifier=proved)
    assert alice.is_waiting(begun)
    # None of them has spoilt it.
    page = browser.get(back.location)
    assert page.status == 200 and "linked for alice" in page.text, page
    assert stage.opens(alice.ends(begun), "read", "repo", "write")
    # Once: a second return changes nothing.
    page = browser.get(back.location)
    assert page.status == 403 and "AccessDeniedException" in page.text, page
    assert stage.opens(alice.ends(begun), "read", "repo", "write")
    # And the session is of this user, whoever knows its URI.
    bobs = {**begun.asked, "workloadIdentityToken": stage.bob.token}
    refused("AccessDeniedException", alice.data.get_resource_oauth2_token, **bobs)


def goes_to_callback(stage: Stage, browser: Browser, begun: Begun) -> Page:
    """Logs in and consents; the page that redirects to the service with the code."""
    page, answer = browser.get(begun.url), at_demo("alice")
    while not (page.location and "/identities/oauth2/callback/" in page.location):
        if page.location:
            page = browser.get(page.location)
        else:
            [form] = page.forms
            page = browser.submit(form, **answer(page, form))
    return page


def who_began_cannot_end_what_another_consented_to(stage: Stage) -> None:
    """Dave begins and sends Alice the link. She consents at the provider, her browser is sent back,
    and the application refuses her, who is somebody else. Dave knows the URI and his own state."""
    application = stage.application
    dave = Delegate(stage.service, "agent", "dave", application.return_url)
    state = application.new_state("dave")
    begun = dave.begins("read", customState=state)
    page = application.signed_in("alice").go(begun.url, at_demo("alice"))
    assert page.status == 403 and "another user" in page.text, page
    session_id = returned_with(application, begun)
    known = urlencode({"tab": "1", "session_id": begun.uri, "state": state})
    opened = application.signed_in("dave").get(f"{application.url}/linked?{known}")
    assert opened.status == 403 and "AccessDeniedException" in opened.text, opened
    assert "and not with its sessionUri" in opened.text, opened
    assert dave.is_waiting(begun)
    # It is what he brings that is refused, and not he: with what her browser has, he could.
    proved = {"userToken": user_token(stage.issuer, "dave")}
    dave.data.complete_resource_token_auth(sessionUri=session_id, userIdentifier=proved)
    dave.ends(begun)


def a_no_ends_the_session(stage: Stage) -> None:
    bob, application = stage.bob, stage.application
    state = application.new_state("bob")
    begun = bob.begins("read", customState=state)
    browser = application.signed_in("bob")
    page = browser.go(begun.url, at_demo("bob", "deny"))
    assert page.status == 200 and "not linked: access_denied" in page.text, page
    returned = application.returns[-1]
    assert returned["error"] == "access_denied" and returned["state"] == state, returned
    message = bob.is_refused(begun)
    assert "did not consent" in message, message
    # Another try is another session.
    begun = bob.begins("read", customState=application.new_state("bob"))
    consents(stage, begun, "bob")
    assert stage.repositories(bob.ends(begun)) == ["builder", "toolbox", "invoices", "crane"]


def what_is_not_registered_is_refused(stage: Stage) -> None:
    elsewhere = stage.alice.asked("openid", resourceOauth2ReturnUrl=f"{stage.application.url}/x")
    message = refused(
        "ValidationException", stage.alice.data.get_resource_oauth2_token, **elsewhere
    )
    assert "allowedResourceOauth2ReturnUrls" in message, message


def main() -> None:
    for engine, service in each():
        data = service.client("bedrock-agentcore")
        with Application(data, demo_issuer(service)) as application:
            stage = Stage(service, application)
            first = a_user_lets_an_agent_act(stage)
            grown = the_scopes_grow_by_consent(stage, first)
            fresh = the_user_is_asked_anew_on_wish(stage, grown)
            nobody_else_can_complete(stage)
            who_began_cannot_end_what_another_consented_to(stage)
            a_no_ends_the_session(stage)
            what_is_not_registered_is_refused(stage)
        tail = service.cli("audit", "tail", "-n", "200").stdout
        assert "released to agent" in tail and "the user consented" in tail, tail
        for secret in (first, grown, fresh, "alice", "bob"):
            assert secret not in tail, tail
        verified = service.cli("audit", "verify").stdout
        assert verified.startswith("verified: "), verified
        print(f"boto3 for users on {engine}: ok; {verified.strip()}")


if __name__ == "__main__":
    main()
