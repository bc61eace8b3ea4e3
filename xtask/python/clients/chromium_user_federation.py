"""Chromium goes the way of a user who lets an agent act: without scripts, on a phone, and beside a
second browser that is an attacker's. Each attack stands beside the honest way that it resembles,
and has no code redeemed. What browsers do is not a matter of the engine, so this runs on one."""

import html
import sys
import time
import urllib.parse
from copy import copy
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from browser import query_of
from chromium import PHONE, WITHOUT_SCRIPTS, HostilePages, Person, Seen, chromium, origin
from counted_provider import PROVIDER, Stage
from delegation import Begun, Delegate
from page_quality import what_is_wrong
from service import running

ASKS = "Let this agent act for you?"
FORM = "/linked"
SIGN_IN = "/callback?code="
WAY_BACK = "/identities/oauth2/callback/"
# A request of a script that needs no leave of the other origin.
FETCH = """async ([url, query]) => {
    const body = new URLSearchParams(query);
    await fetch(url, { method: "POST", mode: "no-cors", credentials: "include", body });
}"""
# So many windows send the same form at once.
WINDOWS = 4


def says(seen: Seen, status: int, title: str, text: str = "") -> None:
    assert (seen.status, seen.title) == (status, title) and text in seen.text, seen


def is_good(person: Person) -> None:
    """What the person is shown is held to what pages are held to."""
    wrong = what_is_wrong(person.page)
    assert wrong == [], (person.page.url, wrong)


def asks(person: Person, begun: Begun) -> Seen:
    """The user goes all the way to the page that asks."""
    seen = person.goes(begun.url)
    says(seen, 200, ASKS)
    return seen


def continues(stage: Stage, person: Person, delegate: Delegate, begun: Begun) -> None:
    """The honest end of a page that asks."""
    with stage.redeems(1):
        says(person.presses("Continue"), 200, "Done")
    stage.is_allowed(delegate, begun, person.user)


def a_user_lets_the_agent_act(stage: Stage, **how: object) -> None:
    begun = stage.begins(stage.alice)
    with stage.person("alice", **how) as alice:
        with stage.changes_nothing(stage.alice, begun):
            seen = asks(alice, begun)
        for text in ("agent", PROVIDER, "Read your data", "alice@demo.example", "Alice Demo"):
            assert text in seen.text, seen
        is_good(alice)
        continues(stage, alice, stage.alice, begun)
        is_good(alice)
        own = {origin(begun.url), origin(alice.page.url), stage.issuer}
        assert alice.complaints == [] and alice.origins == own, (alice.complaints, alice.origins)


def a_user_whom_nobody_proved_reads_a_warning(stage: Stage) -> None:
    data = stage.service.client("bedrock-agentcore")
    minted = data.get_workload_access_token_for_user_id(workloadName="agent", userId="walter")
    walter = copy(stage.alice)
    walter.token = minted["workloadAccessToken"]
    begun = stage.begins(walter)
    with stage.person("carol", **WITHOUT_SCRIPTS, **PHONE) as carol:
        assert "walter" in asks(carol, begun).text
        is_good(carol)
        carol.page.get_by_label("I have read this.").check()
        continues(stage, carol, walter, begun)


def a_user_may_cancel(stage: Stage) -> None:
    begun = stage.begins(stage.alice)
    with stage.person("alice") as alice:
        asks(alice, begun)
        with stage.changes_nothing(stage.alice, begun):
            says(alice.presses("Cancel"), 200, "Nothing was allowed")
        is_good(alice)


def the_way_back_is_for_the_browser_that_left(stage: Stage) -> None:
    """Rows 1, 3 and 8: the provider's answer in the middle of the flow, opened by somebody else."""
    begun = stage.begins(stage.alice)
    with stage.person("alice") as alice, stage.person("bob") as bob:
        back = alice.is_sent_to(WAY_BACK, lambda: alice.goes(begun.url))
        with stage.changes_nothing(stage.alice, begun):
            seen = bob.opens(back)
            assert seen.status == 409 and "another browser" in seen.text, seen
        is_good(bob)
        # Also in one that is on the way with a session of its own.
        bobs = stage.begins(stage.bob)
        bob.is_sent_to(WAY_BACK, lambda: bob.goes(bobs.url))
        with stage.changes_nothing(stage.alice, begun):
            assert bob.opens(back).status == 409
        says(alice.goes_on(alice.opens(back)), 200, ASKS)
        continues(stage, alice, stage.alice, begun)
        with stage.redeems(0):
            # Replayed.
            assert alice.opens(back).status == 409
            assert bob.opens(back).status == 409
        stage.is_allowed(stage.alice, begun, "alice")


def a_provider_page_that_is_passed_on_leads_nowhere(stage: Stage) -> None:
    """Row 8: the attacker opens the link, and has a victim say yes at the provider."""
    bobs = stage.begins(stage.bob)
    with stage.person("alice") as alice, stage.person("bob") as bob:
        at_provider = bob.is_sent_to("/authorize?response_type", lambda: bob.opens(bobs.url))
        with stage.changes_nothing(stage.bob, bobs):
            seen = alice.goes(at_provider)
            assert seen.status == 409 and "another browser" in seen.text, seen
        says(bob.goes(at_provider), 200, ASKS)
        continues(stage, bob, stage.bob, bobs)


def a_session_of_another_user_is_refused(stage: Stage) -> None:
    """Row 8: the attacker sends the link itself. The victim says yes to everything."""
    bobs = stage.begins(stage.bob)
    with stage.person("alice") as alice, stage.person("bob") as bob:
        asks(alice, bobs)
        with stage.changes_nothing(stage.bob, bobs):
            seen = alice.presses("Continue")
        says(seen, 403, "This request is for somebody else")
        # With a session of their own they both get on.
        for person, delegate in ((alice, stage.alice), (bob, stage.bob)):
            begun = stage.begins(delegate)
            asks(person, begun)
            continues(stage, person, delegate, begun)


def who_began_cannot_end_what_another_consented_to(stage: Stage) -> None:
    """Row 8, to its end: the victim says yes, and goes away or even cancels; the attacker, who knows
    the session from its link, ends it as the user for whom it began."""
    bobs = stage.begins(stage.bob)
    with stage.person("alice") as alice, stage.person("bob") as bob:
        asks(alice, bobs)
        page = alice.page.url
        says(alice.presses("Cancel"), 200, "Nothing was allowed")
        # As he knows it, and with a proof that he made up.
        for text in (bobs.uri, f"{bobs.uri}.{'A' * 43}"):
            with stage.changes_nothing(stage.bob, bobs):
                known = urllib.parse.urlencode({"session_id": text})
                seen = bob.goes(urllib.parse.urlsplit(page)._replace(query=known).geturl())
                if seen.title == ASKS:
                    seen = bob.presses("Continue")
                assert seen.status >= 400, seen
        # Bob's own consent, in his own browser, is good.
        begun = stage.begins(stage.bob)
        asks(bob, begun)
        continues(stage, bob, stage.bob, begun)


def a_page_that_is_passed_on_is_good_for_its_user_alone(stage: Stage) -> None:
    """Rows 8 and 10: the address of the page that asks, and then its form, in another's hands."""
    begun = stage.begins(stage.alice)
    with stage.person("alice") as alice, stage.person("bob") as bob:
        asks(alice, begun)
        page = alice.page.url
        with stage.changes_nothing(stage.alice, begun):
            says(bob.goes(page), 200, ASKS)
            is_good(bob)
            says(bob.presses("Continue"), 403, "This request is for somebody else")
            is_good(bob)
            # The form that was given to Alice, sent from a page of Bob's own.
            bobs = stage.begins(stage.bob)
            asks(bob, bobs)
            fields = form_of(alice)
            for name in ("session_id", "token"):
                fill = "(input, value) => { input.value = value; }"
                bob.page.locator(f"input[name={name}]").evaluate(fill, fields[name])
            says(bob.presses("Continue"), 403, "Nothing was allowed")
        assert stage.bob.is_waiting(bobs)
        continues(stage, alice, stage.alice, begun)
        says(alice.opens(page), 409, "Already answered")


def a_sign_in_of_another_signs_nobody_in(stage: Stage) -> None:
    """Row 1 at the page that asks: a victim who is signed in as the attacker would say yes for
    them."""
    with stage.person("alice") as alice, stage.person("bob") as bob:
        asks(alice, stage.begins(stage.alice))
        page = alice.page.url
        bobs = stage.begins(stage.bob)
        signs_in = bob.is_sent_to(SIGN_IN, lambda: bob.goes(bobs.url))
        with stage.changes_nothing(stage.bob, bobs):
            says(alice.opens(signs_in), 400, "You are not signed in")
            is_good(alice)
            assert "Alice Demo" in alice.opens(page).text
        says(bob.opens(signs_in), 200, ASKS)
        assert "Bob Demo" in bob.page.locator("main").inner_text()
        continues(stage, bob, stage.bob, bobs)


def a_consent_of_one_is_not_used_for_another(stage: Stage) -> None:
    """Row 2: the code that a victim's consent gave, in the attacker's flow."""
    alices, bobs = stage.begins(stage.alice), stage.begins(stage.bob)
    with stage.person("alice") as alice, stage.person("bob") as bob:
        hers = alice.is_sent_to(WAY_BACK, lambda: alice.goes(alices.url))
        his = bob.is_sent_to(WAY_BACK, lambda: bob.goes(bobs.url))
        mixed = {**query_of(his), "code": query_of(hers)["code"]}
        url = urllib.parse.urlsplit(his)._replace(query=urllib.parse.urlencode(mixed)).geturl()
        says(bob.goes(url), 200, ASKS)
        # It is sent once, with the verifier of another flow, and never again.
        with stage.redeems(1):
            assert bob.presses("Continue").status == 409
        assert "did not give a token" in stage.bob.is_refused(bobs)
        with stage.redeems(0):
            assert bob.opens(his).status == 409
        # The code is still Alice's own.
        says(alice.goes_on(alice.opens(hers)), 200, ASKS)
        continues(stage, alice, stage.alice, alices)


def of_many_who_press_at_once_one_redeems(stage: Stage) -> None:
    """Row 4: the form goes out of several windows of the browser at the same moment."""
    begun = stage.begins(stage.alice)
    with stage.person("alice") as alice:
        asks(alice, begun)
        page = alice.page.url
        windows = [alice.context.new_page() for _ in range(WINDOWS)]
        for window in windows:
            window.goto(page)
        press = "(button) => { setTimeout(() => button.click()); }"
        with stage.redeems(1):
            for window in windows:
                window.locator("button[value=continue]").evaluate(press)
            for window in windows:
                window.wait_for_url(page.partition("?")[0])
        titles = sorted(window.locator("h1").inner_text() for window in windows)
        assert titles == [*["Already answered"] * (WINDOWS - 1), "Done"], titles
        stage.is_allowed(stage.alice, begun, "alice")


def form_of(person: Person) -> dict[str, str]:
    """What the form of the page that asks holds: to an attacker who has it, all there is."""
    held = "(form) => Object.fromEntries(new FormData(form))"
    return {**person.page.locator("form").evaluate(held), "decision": "continue"}


def another_origin_presses_nothing(stage: Stage) -> None:
    """Cross-site request forgery: pages of an attacker, who even has the form of the victim, send
    it from another site and from another port."""
    begun = stage.begins(stage.alice)
    with stage.person("alice") as alice:
        asks(alice, begun)
        page, fields = alice.page.url, form_of(alice)
        action = f"{origin(page)}{FORM}"
        inputs = "".join(
            f'<input name="{name}" value="{html.escape(value)}">' for name, value in fields.items()
        )
        query = urllib.parse.urlencode(fields)
        posts = f'<form method="post" action="{action}">{inputs}</form>'
        with stage.changes_nothing(stage.alice, begun):
            for url in stage.hostile.serves(f"{posts}<script>document.forms[0].submit()</script>"):
                with alice.page.expect_response(action) as answered:
                    alice.page.goto(url)
                says(alice.seen(answered.value), 403, "Nothing was allowed")
            for url in stage.hostile.serves("<p>Wait for your prize."):
                alice.page.goto(url)
                with alice.page.expect_response(action) as answered:
                    alice.page.evaluate(FETCH, [action, query])
                assert answered.value.status == 403, answered.value.status
            # A link shows the page and does not press its button.
            for url in stage.hostile.serves(f'<a href="{action}?{query}">Your prize</a>'):
                alice.page.goto(url)
                says(alice.follows("Your prize"), 200, ASKS)
        is_framed_by_nobody(stage, alice, page)
        says(alice.opens(page), 200, ASKS)
        continues(stage, alice, stage.alice, begun)


def is_framed_by_nobody(stage: Stage, alice: Person, page: str) -> None:
    """Beside a page of the attacker's own, which shows that frames work here."""
    own = stage.hostile.serves("<button>Take your prize</button>")
    for inner in own:
        frames = f'<iframe src="{inner}"></iframe><iframe src="{page}"></iframe>'
        for outer in stage.hostile.serves(frames):
            alice.page.goto(outer)
            [_, theirs, ours] = alice.page.frames
            assert theirs.locator("button").count() == 1, theirs.url
            assert ours.locator("button").count() == 0, ours.url


CHECKS = (
    a_user_whom_nobody_proved_reads_a_warning,
    a_user_may_cancel,
    the_way_back_is_for_the_browser_that_left,
    a_provider_page_that_is_passed_on_leads_nowhere,
    a_session_of_another_user_is_refused,
    who_began_cannot_end_what_another_consented_to,
    a_page_that_is_passed_on_is_good_for_its_user_alone,
    a_sign_in_of_another_signs_nobody_in,
    a_consent_of_one_is_not_used_for_another,
    of_many_who_press_at_once_one_redeems,
    another_origin_presses_nothing,
)


def main() -> None:
    began = time.monotonic()
    with running(None) as service, HostilePages() as hostile, chromium() as browser:
        stage = Stage(service, browser, hostile)
        for how in (WITHOUT_SCRIPTS, PHONE):
            a_user_lets_the_agent_act(stage, **how)
        for check in CHECKS:
            check(stage)
        verified = service.cli("audit", "verify").stdout
        assert verified.startswith("verified: "), verified
    print(f"Chromium {browser.version}: ok in {time.monotonic() - began:.0f} s; {verified.strip()}")


if __name__ == "__main__":
    main()
