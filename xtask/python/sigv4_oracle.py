"""Signs random requests with botocore and prints them, one JSON object a line.

`cargo xtask prove sigv4` reads them. Kinds:
  seed    the first line; the same seed gives the same lines
  good    signed as boto3 signs and sent as it sends: to be accepted, `canonical` to be met byte for byte
  wrong   not signed by the holder of the key, or not as sent: to be refused
  policy  signed rightly, to be refused all the same, with the error that `error` names
  end     the last line: how many there were of each

Usage: sigv4_oracle.py COUNT [SEED]
"""

import datetime
import hashlib
import json
import os
import random
import secrets
import string
import sys
from urllib.parse import urlsplit

import botocore.auth
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.utils import normalize_url_path, percent_encode, percent_encode_sequence
from urllib3.util.url import _encode_target

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
SKEW_MS = 300_000
ID_LETTERS = string.ascii_uppercase + "234567"
SECRET_LETTERS = string.ascii_letters + string.digits + "+/-_"
# What a value may hold between its first and last visible character.
VALUE_LETTERS = string.ascii_letters + string.digits + "-._~:/?#[]@!$&'()*+,;=%\"\\{}|<>^`"
TEXT = ["a", "Z", "0", "-", ".", "_", "~", "%", "/", "+", " ", "&", "=", "?", "#", ":", "@", ";",
        ",", "'", "(", ")", "*", "!", "\\", "\"", "é", "ß", "ሴ", "日本", "😀", "\u00a0", "%2F", "\t"]
HEADERS = ["My-Header", "X-Amz-Target", "X-Amz-Meta-One", "X-Amz-Meta-Two", "amz-sdk-request",
           "amz-sdk-invocation-id", "Accept", "Accept-Encoding", "WorkloadAccessToken", "ETag-x",
           "X-Amzn-Bedrock-AgentCore-Runtime-User-Id", "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"]
UNSIGNED = ["User-Agent", "traceparent", "X-Amzn-Trace-Id"]
REGIONS = ["us-east-1", "us-west-2", "eu-central-1", "ap-southeast-2", "local"]
SERVICES = ["bedrock-agentcore", "sts", "cognito-idp"]
HOSTS = ["http://localhost:9400", "https://procura.example", "http://127.0.0.1:9400",
         "http://[::1]:9400", "https://procura.example:8443", "http://Procura.Example",
         "https://bedrock-agentcore.us-east-1.amazonaws.com"]


class Signer(SigV4Auth):
    """botocore's signer; keeps the canonical request for us to compare with."""

    canonical = None

    def string_to_sign(self, request, canonical_request):
        self.canonical = canonical_request
        return super().string_to_sign(request, canonical_request)


def text(rng, most):
    return "".join(rng.choice(TEXT) for _ in range(rng.randint(0, most)))


def label(rng, most):
    """A path label as botocore's rest serializer encodes it; not a dot segment, not empty."""
    while True:
        made = percent_encode(text(rng, most))
        if made not in ("", ".", ".."):
            return made


def arn(rng):
    account = "".join(rng.choice(string.digits) for _ in range(12))
    name = text(rng, 6)
    return f"arn:aws:bedrock-agentcore:{rng.choice(REGIONS)}:{account}:token-vault/default/{name}"


def path(rng):
    """A path that is its own normal form; what becomes of others is the class `odd_path`."""
    while True:
        made = any_path(rng)
        if made == "" or normalize_url_path(made) == made:
            return made


def any_path(rng):
    match rng.randrange(6):
        case 0:
            return "/identities/" + rng.choice(["GetResourceOauth2Token", "CreateWorkloadIdentity"])
        case 1:
            return "/tags/" + percent_encode(arn(rng))
        case 2:
            return "/" if rng.random() < 0.5 else ""
        case 3:
            return "/runtimes/" + percent_encode(arn(rng)) + "/invocations"
        case 4:
            return "/" + percent_encode(arn(rng), safe="/~") + rng.choice(["", "/"])
        case _:
            segments = [label(rng, 8) for _ in range(rng.randint(1, 5))]
            return "/" + "/".join(segments) + rng.choice(["", "/"])


def query(rng):
    if rng.random() < 0.4:
        return ""
    names = [text(rng, 4) for _ in range(rng.randint(1, 3))] + ["tagKeys", "nextToken", ""]
    pairs = []
    for _ in range(rng.randint(1, 6)):
        values = [text(rng, 6) for _ in range(rng.randint(1, 3))]
        pairs.append((rng.choice(names), values if rng.random() < 0.3 else values[0]))
    return "?" + percent_encode_sequence(pairs)


def value(rng):
    words = ["".join(rng.choice(VALUE_LETTERS) for _ in range(rng.randint(1, 8)))
             for _ in range(rng.randint(0, 4))]
    gaps = [rng.choice([" ", "  ", "   ", "\t", " \t "]) for _ in words]
    return "".join(word + gap for word, gap in zip(words, gaps)).rstrip()


class Draft:
    """Everything that a request is made of, before it is signed."""

    def __init__(self, rng):
        self.method = rng.choice(["GET", "POST", "POST", "PUT", "DELETE", "PATCH", "HEAD"])
        self.url = rng.choice(HOSTS) + path(rng) + query(rng)
        self.body = rng.choice([b"", b"{}", json.dumps({"a": text(rng, 20)}).encode(),
                                rng.randbytes(rng.randint(1, 300))])
        self.headers = []
        if rng.random() < 0.7:
            self.headers.append(("Content-Type", rng.choice(["application/json", "text/plain;  a=b"])))
        for name in rng.sample(HEADERS, rng.randint(0, 4)):
            self.headers.append((name, value(rng)))
        if rng.random() < 0.2:
            self.headers += [("X-Repeated", value(rng)) for _ in range(rng.randint(2, 3))]
        if rng.random() < 0.3:
            self.headers.append(("X-Amz-Content-SHA256", hashlib.sha256(self.body).hexdigest()))
        for name in UNSIGNED:
            if rng.random() < 0.5:
                self.headers.append((name, value(rng)))
        self.key_id = "PRCA" + "".join(rng.choice(ID_LETTERS) for _ in range(16))
        self.secret = "".join(rng.choice(SECRET_LETTERS) for _ in range(40))
        letters = string.ascii_letters + string.digits + "+/="
        token = "".join(rng.choice(letters) for _ in range(rng.choice([16, 400, 2000])))
        self.token = token if rng.random() < 0.4 else None
        self.region = rng.choice(REGIONS)
        self.service = rng.choice(SERVICES)
        self.moment = EPOCH + datetime.timedelta(seconds=rng.randrange(4_000_000_000))
        self.context = {}
        self.params = {}

    def signed(self, rng, signer=Signer):
        """Signs with botocore and returns the line."""
        request = AWSRequest(self.method, self.url, data=self.body, params=self.params)
        for name, content in self.headers:
            request.headers[name] = content
        request.context.update(self.context)
        botocore.auth.get_current_datetime = lambda: self.moment.replace(tzinfo=None)
        auth = signer(Credentials(self.key_id, self.secret, self.token), self.service, self.region)
        auth.add_auth(request)
        return self.line(rng, request, getattr(auth, "canonical", None))

    def line(self, rng, request, canonical):
        # What botocore's session and urllib3 put on the wire.
        prepared = request.prepare()
        parts = urlsplit(prepared.url)
        target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
        target = _encode_target(target)
        wire_path, _, wire_query = target.partition("?")
        headers = [(name, content) for name, content in request.headers.items()]
        headers.append(("Host", botocore.auth._host_from_url(self.url)))
        headers.append(("Content-Length", str(len(self.body))))
        if rng.random() < 0.5:
            headers = [(name.lower(), content) for name, content in headers]
        rng.shuffle_names(headers)
        millis = int((self.moment - EPOCH).total_seconds()) * 1000
        return {
            "kind": "good", "class": "good", "error": None, "canonical": canonical,
            "method": self.method, "path": wire_path, "query": wire_query, "headers": headers,
            "body_sha256": hashlib.sha256(self.body).hexdigest(),
            "key_id": self.key_id, "secret": self.secret,
            "region": self.region, "service": self.service,
            # The five minutes are inclusive: the edges themselves are among the good ones.
            "now_ms": millis + rng.choice([-SKEW_MS, SKEW_MS, rng.randint(-SKEW_MS, SKEW_MS)]),
            "signed_at_ms": millis,
        }


class Random(random.Random):
    def shuffle_names(self, headers):
        """Another order of the headers; those of one name keep theirs."""
        names = sorted({name.lower() for name, _ in headers})
        self.shuffle(names)
        headers.sort(key=lambda header: names.index(header[0].lower()))


def find(line, name):
    return next(at for at, (n, _) in enumerate(line["headers"]) if n.lower() == name)


def edit(line, name, old, new):
    at = find(line, name)
    n, content = line["headers"][at]
    assert old in content, (name, old)
    line["headers"][at] = (n, content.replace(old, new))


def another(rng, these, this):
    return rng.choice([one for one in these if one != this])


def other_secret(rng, draft, line):
    draft.secret = "".join(rng.choice(SECRET_LETTERS) for _ in range(40))
    return draft.signed(rng) | {"secret": line["secret"]}


def near_secret(rng, draft, line):
    draft.secret = draft.secret[:-1] + another(rng, SECRET_LETTERS, draft.secret[-1])
    return draft.signed(rng) | {"secret": line["secret"]}


def other_region(rng, draft, line):
    return line | {"region": another(rng, REGIONS, draft.region)}


def other_service(rng, draft, line):
    return line | {"service": another(rng, SERVICES, draft.service)}


def renamed_region(rng, draft, line):
    to = another(rng, REGIONS, draft.region)
    edit(line, "authorization", f"/{draft.region}/{draft.service}/", f"/{to}/{draft.service}/")
    return line | {"region": to}


def renamed_service(rng, draft, line):
    to = another(rng, SERVICES, draft.service)
    edit(line, "authorization", f"/{draft.service}/aws4", f"/{to}/aws4")
    return line | {"service": to}


def other_date(rng, draft, line):
    """A captured request, its times moved to another day everywhere."""
    day = draft.moment.strftime("%Y%m%d")
    later = draft.moment + datetime.timedelta(days=rng.choice([-1, 1, 365]))
    edit(line, "authorization", f"/{day}/", f"/{later:%Y%m%d}/")
    edit(line, "x-amz-date", f"{day}T", f"{later:%Y%m%d}T")
    return line | {"now_ms": int((later - EPOCH).total_seconds()) * 1000}


def other_scope_date(rng, draft, line):
    day = draft.moment.strftime("%Y%m%d")
    later = draft.moment + datetime.timedelta(days=rng.choice([-1, 1]))
    edit(line, "authorization", f"/{day}/", f"/{later:%Y%m%d}/")
    return line


def other_second(rng, draft, line):
    at = find(line, "x-amz-date")
    near = draft.moment + datetime.timedelta(seconds=rng.choice([-1, 1, 60]))
    name, _ = line["headers"][at]
    line["headers"][at] = (name, near.strftime("%Y%m%dT%H%M%SZ"))
    return line | {"now_ms": int((near - EPOCH).total_seconds()) * 1000}


def too_late(rng, draft, line):
    return line | {"now_ms": line["signed_at_ms"] + SKEW_MS + rng.choice([1, 999, 86_400_000])}


def too_early(rng, draft, line):
    return line | {"now_ms": line["signed_at_ms"] - SKEW_MS - rng.choice([1, 999, 86_400_000])}


def unsigned_header(rng, draft, line):
    line["headers"].append((rng.choice(["X-Amz-Added", "x-amz-acl", "X-AMZ-Z"]), value(rng)))
    return line


def header_left_out_of_list(rng, draft, line):
    name = "host;" if rng.random() < 0.5 else ";x-amz-date"
    edit(line, "authorization", name, "")
    return line


def swapped_payload(rng, draft, line):
    return line | {"body_sha256": hashlib.sha256(rng.randbytes(8)).hexdigest()}


def swapped_method(rng, draft, line):
    return line | {"method": another(rng, ["GET", "POST", "PUT", "DELETE", "get", "post"], draft.method)}


def swapped_path(rng, draft, line):
    choices = [line["path"] + "x", "/x" + line["path"], line["path"].replace("%", "%25") + "%2F"]
    return line | {"path": rng.choice(choices)}


def added_parameter(rng, draft, line):
    sep = "&" if line["query"] else ""
    return line | {"query": line["query"] + sep + rng.choice(["a=b", "a", "=", "tagKeys=x"])}


def swapped_host(rng, draft, line):
    at = find(line, "host")
    line["headers"][at] = (line["headers"][at][0], "evil.example")
    return line


def swapped_token(rng, draft, line):
    if draft.token is None:
        line["headers"].append(("X-Amz-Security-Token", "another"))
    else:
        edit(line, "x-amz-security-token", draft.token, draft.token[::-1] + "x")
    return line


def borrowed_signature(rng, draft, line):
    draft.method = another(rng, ["GET", "POST", "PUT"], draft.method)
    theirs = draft.signed(rng)
    at, other = find(line, "authorization"), find(theirs, "authorization")
    line["headers"][at] = theirs["headers"][other]
    return line


WRONG = [other_secret, near_secret, other_region, other_service, renamed_region, renamed_service,
         other_date, other_scope_date, other_second, too_late, too_early, unsigned_header,
         header_left_out_of_list, swapped_payload, swapped_method, swapped_path, added_parameter,
         swapped_host, swapped_token, borrowed_signature]


def wrong(rng, make):
    draft = Draft(rng)
    line = make(rng, draft, draft.signed(rng))
    return line | {"kind": "wrong", "class": make.__name__, "canonical": None}


def odd_path(rng):
    draft = Draft(rng)
    parts = urlsplit(draft.url)
    odd = rng.choice(["//", "/./a", "/a//b/", "/a/../b", "/..", "/a/.", "/a/b/../../../c/"])
    draft.url = f"{parts.scheme}://{parts.netloc}{odd}"
    return draft.signed(rng) | {"error": "PathNotCanonical"}


def plus_in_query(rng):
    """Parameters that botocore encodes twice: %20 to sign, + to send."""
    draft = Draft(rng)
    draft.url = draft.url.partition("?")[0]
    draft.params = {text(rng, 3) or "x": "d", "a": "b c"}
    return draft.signed(rng) | {"error": "QueryNotCanonical", "canonical": None}


def unsigned_payload(rng):
    draft = Draft(rng)
    draft.url = "https://procura.example" + path(rng) + query(rng)
    draft.context = {"payload_signing_enabled": False}
    return draft.signed(rng) | {"error": "PayloadMode", "canonical": None}


def presigned(rng):
    draft = Draft(rng)
    draft.headers, draft.body = [], b""
    return draft.signed(rng, SigV4QueryAuth) | {"error": "QueryAuth", "canonical": None}


def date_header(rng):
    draft = Draft(rng)
    draft.headers.append(("Date", "now"))
    return draft.signed(rng) | {"error": "IncompleteSignature"}


def repeated_amz_header(rng):
    draft = Draft(rng)
    draft.headers += [("X-Amz-Twice", "a"), ("X-Amz-Twice", "b")]
    return draft.signed(rng) | {"error": "Duplicate"}


POLICY = [odd_path, plus_in_query, unsigned_payload, presigned, date_header, repeated_amz_header]


def policy(rng, make):
    return make(rng) | {"kind": "policy", "class": make.__name__}


def main():
    count = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else secrets.randbits(32)
    rng = Random(seed)
    out = sys.stdout
    counts = {"good": 0, "wrong": 0, "policy": 0}

    def emit(line):
        counts[line["kind"]] += 1
        out.write(json.dumps(line) + "\n")

    out.write(json.dumps({"kind": "seed", "seed": seed}) + "\n")
    for at in range(count):
        emit(Draft(rng).signed(rng))
        if at % 5 == 0:
            emit(wrong(rng, WRONG[at // 5 % len(WRONG)]))
        if at % 20 == 0:
            emit(policy(rng, POLICY[at // 20 % len(POLICY)]))
    out.write(json.dumps({"kind": "end"} | counts) + "\n")


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        # The reader found what it was looking for, and has said so.
        os._exit(1)
