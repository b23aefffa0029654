"""Makes signatures.json: requests signed by AWS's own implementation of Signature Version 4.

    pip install botocore
    python3 Tests/Fixtures/connectors/make_signatures.py

Key, secret, time and scope are those of the vectors that AWS publishes for the process (`aws4_testsuite`); its first ones are among the requests.
"""
import datetime
import json
import pathlib

import botocore.auth
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

TIME = datetime.datetime(2015, 8, 30, 12, 36, 0, tzinfo=datetime.timezone.utc)
# botocore asks the clock.
botocore.auth.get_current_datetime = lambda remove_tzinfo=True: TIME.replace(tzinfo=None) if remove_tzinfo else TIME


class Clock(datetime.datetime):
    @classmethod
    def utcnow(cls):
        return TIME.replace(tzinfo=None)

    @classmethod
    def now(cls, tz=None):
        return TIME.astimezone(tz) if tz else TIME.replace(tzinfo=None)


botocore.auth.datetime = type("module", (), {"datetime": Clock, "timezone": datetime.timezone})

CASES = [
    ("get-vanilla", "GET", "https://example.amazonaws.com/", {}, "", None),
    ("get-vanilla-query-order-key-case", "GET", "https://example.amazonaws.com/?Param2=value2&Param1=value1", {}, "", None),
    ("get-vanilla-query-encoded", "GET", "https://example.amazonaws.com/?a=b%20c&a=%E1%88%B4&empty=", {}, "", None),
    ("post-vanilla", "POST", "https://example.amazonaws.com/", {}, "", None),
    ("post-x-www-form-urlencoded", "POST", "https://example.amazonaws.com/",
     {"Content-Type": "application/x-www-form-urlencoded"}, "Param1=value1", None),
    ("header-spaces", "GET", "https://example.amazonaws.com/", {"My-Header1": "  a   b   c "}, "", None),
    ("sagemaker", "POST", "https://runtime.sagemaker.us-east-1.amazonaws.com/endpoints/my-endpoint/invocations",
     {"content-type": "application/json"}, '{"inputs": ["hello", "Grüße"]}', None),
    ("bedrock-colon", "POST",
     "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.titan-embed-text-v2:0/invoke",
     {"content-type": "application/json"}, '{"inputText": "hello"}', None),
    ("bedrock-encoded", "POST",
     "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.titan-embed-text-v2%3A0/invoke",
     {"content-type": "application/json"}, '{"inputText": "hello"}', None),
    ("session", "POST", "https://example.amazonaws.com:8443/a/b/", {"content-type": "application/json"}, "{}", "token/of+a=session"),
    ("dots", "GET", "https://example.amazonaws.com/a/./b/../c//d/", {}, "", None),
]

vectors = []
for name, method, url, headers, body, token in CASES:
    request = AWSRequest(method=method, url=url, headers=dict(headers), data=body.encode())
    credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token)
    SigV4Auth(credentials, "service", "us-east-1").add_auth(request)
    vectors.append(dict(
        name=name, method=method, url=url, headers=headers, body=body, token=token,
        date=request.headers["X-Amz-Date"], authorization=request.headers["Authorization"]))

path = pathlib.Path(__file__).with_name("signatures.json")
path.write_text(json.dumps(vectors, indent=1, ensure_ascii=False) + "\n")
print(f"{path}: {len(vectors)} requests")
