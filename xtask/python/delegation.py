"""An agent that acts for users: it asks for their tokens, and waits for their consent."""

import json
import urllib.request
from dataclasses import dataclass

from application import user_token
from service import Service, refused


@dataclass
class Begun:
    """A session that the user has to go through."""

    url: str
    uri: str
    asked: dict


def demo_issuer(service: Service) -> str:
    """The demo provider of the service."""
    control = service.client("bedrock-agentcore-control")
    made = control.get_oauth2_credential_provider(name="demo")
    config = made["oauth2ProviderConfigOutput"]["customOauth2ProviderConfig"]
    discovery = config["oauthDiscovery"]["discoveryUrl"]
    return discovery.removesuffix("/.well-known/openid-configuration")


class Delegate:
    """An agent, for one user, at one provider. Without a return URL its users come back to the
    session-binding service."""

    def __init__(
        self, service: Service, agent: str, user: str, return_url: str | None,
        provider: str = "demo",
    ) -> None:
        self.data = service.client("bedrock-agentcore")
        self.issuer = demo_issuer(service)
        self.provider = provider
        self.return_url = return_url
        minted = self.data.get_workload_access_token_for_jwt(
            workloadName=agent, userToken=user_token(self.issuer, user)
        )
        self.token = minted["workloadAccessToken"]

    def asked(self, *scopes: str, **more) -> dict:
        back = {"resourceOauth2ReturnUrl": self.return_url} if self.return_url else {}
        return {
            "workloadIdentityToken": self.token, "resourceCredentialProviderName": self.provider,
            "scopes": list(scopes), "oauth2Flow": "USER_FEDERATION", **back, **more,
        }

    def asks(self, *scopes: str, **more) -> dict:
        return self.data.get_resource_oauth2_token(**self.asked(*scopes, **more))

    def gets(self, *scopes: str, **more) -> str:
        """A token that is there."""
        answer = self.asks(*scopes, **more)
        assert "accessToken" in answer and "authorizationUrl" not in answer, told(answer)
        return answer["accessToken"]

    def begins(self, *scopes: str, **more) -> Begun:
        """A session, because there is no such token yet."""
        asked = self.asked(*scopes, **more)
        answer = self.data.get_resource_oauth2_token(**asked)
        assert told(answer) == ["authorizationUrl", "sessionStatus", "sessionUri"], told(answer)
        assert answer["sessionStatus"] == "IN_PROGRESS", answer["sessionStatus"]
        # Only the first request forces, as the SDK has it.
        asked.pop("forceAuthentication", None)
        asked["sessionUri"] = answer["sessionUri"]
        return Begun(answer["authorizationUrl"], answer["sessionUri"], asked)

    def is_waiting(self, begun: Begun) -> bool:
        answer = self.data.get_resource_oauth2_token(**begun.asked)
        if "accessToken" in answer:
            return False
        # The same link, for who asks again in order to show it.
        assert answer["authorizationUrl"] == begun.url, told(answer)
        return answer["sessionStatus"] == "IN_PROGRESS"

    def ends(self, begun: Begun) -> str:
        """What the agent has of a session that the user went through."""
        answer = self.data.get_resource_oauth2_token(**begun.asked)
        assert told(answer) == ["accessToken"], told(answer)
        return answer["accessToken"]

    def is_refused(self, begun: Begun) -> str:
        """What the agent is told of a session of which nothing comes."""
        call = self.data.get_resource_oauth2_token
        return refused("AccessDeniedException", call, **begun.asked)


def told(answer: dict) -> list[str]:
    """The members of an answer, without their secret values."""
    return sorted(name for name in answer if name != "ResponseMetadata")


def ask_api(url: str, token: str) -> dict | list:
    """What an API says to the bearer of a token."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)
