"""A user pool of the service as an OpenID provider for a check: one user, and clients of the code flow."""

from browser import Form, Page
from service import Service

USER = "alice"
EMAIL = "alice@example.com"
PASSWORD = "MyPassword123!"
SCOPES = ["openid", "email", "profile"]


class UserPool:
    """A pool with one user, made by an unmodified boto3."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.cognito = service.client("cognito-idp")
        self.id = self.cognito.create_user_pool(PoolName="people")["UserPool"]["Id"]
        self.issuer = f"{self.cognito.meta.endpoint_url.rstrip('/')}/{self.id}"
        made = self.cognito.admin_create_user(
            UserPoolId=self.id, Username=USER, MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": "email", "Value": EMAIL},
                {"Name": "email_verified", "Value": "true"},
            ],
        )
        attributes = {one["Name"]: one["Value"] for one in made["User"]["Attributes"]}
        self.sub = attributes["sub"]
        self.cognito.admin_set_user_password(
            UserPoolId=self.id, Username=USER, Password=PASSWORD, Permanent=True,
        )

    def client(self, callback: str, out: str, *, has_secret: bool) -> dict:
        """A client whose refresh tokens are good once, and not a second longer."""
        made = self.cognito.create_user_pool_client(
            UserPoolId=self.id, ClientName="a relying party", GenerateSecret=has_secret,
            AllowedOAuthFlowsUserPoolClient=True, AllowedOAuthFlows=["code"],
            AllowedOAuthScopes=SCOPES, CallbackURLs=[callback], LogoutURLs=[out],
            SupportedIdentityProviders=["COGNITO"],
            RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
        )["UserPoolClient"]
        return {"client_id": made["ClientId"], "client_secret": made.get("ClientSecret")}

    def signs_in(self, _: Page, form: Form) -> dict[str, str]:
        """What the user does at a page of the pool: enters a password, or goes on."""
        if "password" in form.fields:
            return {"username": USER, "password": PASSWORD}
        return {"decision": "continue"}
