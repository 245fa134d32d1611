#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records where botocore finds AWS credentials and settings: makes aws-order.json beside it, which unit_net compares with.

Usage: python3 -m venv V && V/bin/pip install botocore && V/bin/python aws_order.py
Each case has variables, files and a profile named in the call; @HOME@ and @SERVICE@ stand for the home and for a server that plays token
service, single sign-on, container and instance. It hands out access key ids that say who asked for what, so that one id tells the whole way.
"""

import email.utils
import hashlib
import http.server
import json
import os
import pathlib
import re
import shutil
import tempfile
import threading
import urllib.parse

HOME = tempfile.mkdtemp()
os.environ["HOME"] = HOME  # botocore looks for it once, as it is imported

import botocore
import botocore.session
from botocore.configprovider import ConfiguredEndpointProvider

EXPIRES = "2099-01-01T00:00:00Z"
KEYS = "aws_access_key_id = {0}\naws_secret_access_key = secret-{0}\n"
ENV_KEYS = {"AWS_ACCESS_KEY_ID": "of-variables", "AWS_SECRET_ACCESS_KEY": "s"}
ENV_WEB = {"AWS_WEB_IDENTITY_TOKEN_FILE": "@HOME@/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/web-variables"}
CONTAINER = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "@SERVICE@/container"}
PROCESS = "credential_process = \"@HOME@/print keys\" 'of process-{0}'\n"
SSO = "sso_account_id = 012\nsso_role_name = reader\nsso_start_url = https://start.example\nsso_region = eu-west-1\n"


def keys(name):
    return KEYS.format(name)


def case(name, config="", credentials="", variables=None, profile=None):
    variables = dict(variables or {})
    if "role_arn" in config:
        variables["AWS_DEFAULT_REGION"] = "eu-west-1"  # botocore asks the token service of no region
    return {"name": name, "profile": profile, "variables": variables, "config": config, "credentials": credentials}


CASES = [
    case("nothing"),
    case("variables before files", "[default]\n" + keys("config"), "[default]\n" + keys("shared"), ENV_KEYS),
    case("variables before AWS_PROFILE", "[profile p]\n" + keys("config"), variables={**ENV_KEYS, "AWS_PROFILE": "p"}),
    case("a named profile before variables", "[profile p]\n" + keys("config"), variables=ENV_KEYS, profile="p"),
    case("credentials file before configuration", "[default]\n" + keys("config"), "[default]\n" + keys("shared")),
    case("configuration where the credentials file has another profile", "[default]\n" + keys("config"), "[other]\n" + keys("shared")),
    case("the word profile counts in the configuration alone", "[p]\n" + keys("config"), "[profile p]\n" + keys("shared") + "[q]\nregion=a\n"),
    case("AWS_PROFILE", "[default]\n" + keys("config") + "[profile p]\n" + keys("p"), variables={"AWS_PROFILE": "p"}),
    case("a quoted profile name", "[profile \"a b\"]\n" + keys("ab"), variables={"AWS_PROFILE": "a b"}),
    case("AWS_PROFILE that does not exist", "[default]\n" + keys("config"), variables={"AWS_PROFILE": "p"}),
    case("process before keys of the configuration", "[default]\n" + PROCESS.format("a") + keys("config")),
    case("keys of the credentials file before a process", "[default]\n" + PROCESS.format("a"), "[default]\n" + keys("shared")),
    case("process in the credentials file", "[default]\n" + keys("config"), "[default]\n" + PROCESS.format("b")),
    case("process of the credentials file over that of the configuration", "[default]\n" + PROCESS.format("a"), "[default]\n" + PROCESS.format("b")),
    case("role from a source profile", "[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = s\n[profile s]\n" + keys("source")),
    case("role before keys of its own profile", "[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = s\n[profile s]\n" + keys("source"),
         "[default]\n" + keys("shared")),
    case("role from the keys of its own profile", "[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = default\n" + keys("own")),
    case("chain of roles", "[profile a]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = b\n[profile b]\nrole_arn = arn:aws:iam::1:role/b\n"
         "source_profile = c\n", "[c]\n" + keys("c"), profile="a"),
    case("a source profile's keys before its role", "[profile a]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = b\n[profile b]\n"
         "role_arn = arn:aws:iam::1:role/b\nsource_profile = a\n" + keys("b"), profile="a"),
    case("chain of roles that leads back", "[profile a]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = b\n[profile b]\n"
         "role_arn = arn:aws:iam::1:role/b\nsource_profile = a\n", profile="a"),
    case("role without a source", "[default]\nrole_arn = arn:aws:iam::1:role/r\n"),
    case("role with two sources", "[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = s\ncredential_source = Environment\n[profile s]\n"
         + keys("s")),
    case("role from a profile that is not there", "[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = s\n"),
    case("role from a profile without credentials", "[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = s\n[profile s]\nregion = a\n"),
    case("role from variables", "[profile p]\nrole_arn = arn:aws:iam::1:role/r\ncredential_source = Environment\n", variables=ENV_KEYS, profile="p"),
    case("role from the container", "[default]\nrole_arn = arn:aws:iam::1:role/r\ncredential_source = EcsContainer\n", variables=CONTAINER),
    case("role from the instance", "[default]\nrole_arn = arn:aws:iam::1:role/r\ncredential_source = Ec2InstanceMetadata\n",
         variables={"AWS_EC2_METADATA_DISABLED": "false"}),
    case("role from something unknown", "[default]\nrole_arn = arn:aws:iam::1:role/r\ncredential_source = Nowhere\n"),
    case("role from a process", "[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = s\n[profile s]\n" + PROCESS.format("a")),
    case("web identity of variables before files", "[default]\n" + keys("config"), variables=ENV_WEB),
    case("web identity of variables not for a named profile", "[profile p]\n" + keys("config"), variables=ENV_WEB, profile="p"),
    case("role of the profile before web identity of variables", "[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = s\n[profile s]\n"
         + keys("source"), variables=ENV_WEB),
    case("web identity of the profile", "[profile p]\nrole_arn = arn:aws:iam::1:role/w\nweb_identity_token_file = @HOME@/token\n", profile="p"),
    case("web identity without a role", "[default]\nweb_identity_token_file = @HOME@/token\n"),
    case("role by way of a web identity", "[profile p]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = w\n[profile w]\n"
         "role_arn = arn:aws:iam::1:role/w\nweb_identity_token_file = @HOME@/token\n", profile="p"),
    case("single sign-on", "[default]\n" + SSO),
    case("single sign-on before keys", "[default]\n" + SSO, "[default]\n" + keys("shared")),
    case("single sign-on through a session", "[default]\nsso_session = s\nsso_account_id = 012\nsso_role_name = reader\n[sso-session s]\n"
         "sso_start_url = https://start.example\nsso_region = eu-west-1\n"),
    case("single sign-on lacks a setting", "[default]\nsso_account_id = 012\nsso_role_name = reader\n"),
    case("single sign-on with a session that differs", "[default]\nsso_session = s\n" + SSO + "[sso-session s]\nsso_region = eu-west-2\n"),
    case("role by way of single sign-on", "[profile p]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = s\n[profile s]\n" + SSO, profile="p"),
    case("container", variables=CONTAINER),
    case("container for a named profile without credentials", "[profile p]\nregion = eu-west-1\n", variables={**ENV_KEYS, **CONTAINER}, profile="p"),
    case("files before the container", "[default]\n" + keys("config"), variables=CONTAINER),
    case("instance", variables={"AWS_EC2_METADATA_DISABLED": "false"}),
    case("container before the instance", variables={**CONTAINER, "AWS_EC2_METADATA_DISABLED": "false"}),
    case("an access key without its secret", credentials="[default]\naws_access_key_id = a\n"),
    case("a line that is nothing", "[default]\nnonsense\n"),
    case("a setting before any section", "region = a\n"),
    case("other places for the files", "[default]\n" + keys("config"), variables={"AWS_CONFIG_FILE": "@HOME@/none",
         "AWS_SHARED_CREDENTIALS_FILE": "~/elsewhere"}),
    case("region of the variable", "[default]\nregion = of-profile\n", variables={"AWS_DEFAULT_REGION": "of-variable"}),
    case("region of the profile", "[profile p]\nregion = of-profile\n[default]\nregion = of-default\n", variables={"AWS_PROFILE": "p"}),
    case("region in the credentials file", "[default]\nregion = of-config\n", "[default]\nregion = of-credentials\n"),
    case("endpoint of the variable for S3", variables={"AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_S3": "http://s3"}),
    case("endpoint of the variable for all over the profile's for S3", "[default]\nservices = x\nendpoint_url = http://profile\n[services x]\n"
         "s3 =\n  endpoint_url = http://services\n", variables={"AWS_ENDPOINT_URL": "http://all"}),
    case("endpoint of services", "[default]\nservices = x\nendpoint_url = http://profile\n[services x]\ndynamodb =\n  endpoint_url = http://d\ns3 =\n"
         "  # S3 alone\n  endpoint_url = http://services\n  addressing_style = path\n"),
    case("endpoint of the profile", "[default]\nservices = x\nendpoint_url = http://profile\n[services x]\ndynamodb =\n  endpoint_url = http://d\n"),
    case("services that are not there", "[default]\nservices = x\n"),
    case("endpoints ignored", "[default]\nendpoint_url = http://profile\nignore_configured_endpoint_urls = True\n",
         variables={"AWS_ENDPOINT_URL_S3": "http://s3"}),
    case("certificates", "[default]\nca_bundle = /of/profile\n", variables={"AWS_CA_BUNDLE": "/of/variable"}),
    case("lines in all their forms", "; comment\n# comment\n[default] # comment\n  region: eu-west-1  \n  ca_bundle=/a;b # no comment\n\ns3 =\n\n"
         "    max_queue_size = 1\n\n  ; comment\n    max_bandwidth = 2\nRole_Session_Name = x = y\nendpoint_url =\n"),
    case("carriage returns", "[default]\r\nregion = eu-west-1\r\n[profile p]\r\nregion = eu-west-2\r\n", variables={"AWS_PROFILE": "p"}),
]


class Service(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, text, status=200):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Date", email.utils.formatdate(usegmt=True))
        self.end_headers()
        self.wfile.write(body)

    def json_keys(self, name):
        self.answer(json.dumps({"Code": "Success", "AccessKeyId": name, "SecretAccessKey": "s", "Token": "t", "Expiration": EXPIRES}))

    def do_PUT(self):
        self.answer("imds-token")

    def do_GET(self):
        path, _, query = self.path.partition("?")
        values = dict(urllib.parse.parse_qsl(query))
        if path == "/container":
            self.json_keys("of-container")
        elif path == "/federation/credentials":
            name = f"sso-{values['account_id']}-{values['role_name']}-{self.headers['x-amz-sso_bearer_token']}"
            self.answer(json.dumps({"roleCredentials": {"accessKeyId": name, "secretAccessKey": "s", "sessionToken": "t", "expiration": 4070908800000}}))
        elif path == "/latest/meta-data/iam/security-credentials/":
            self.answer("instance-role")
        elif path == "/latest/meta-data/iam/security-credentials/instance-role":
            self.json_keys("of-instance")
        else:
            self.answer("", 404)

    def do_POST(self):
        values = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        signer = re.search(r"Credential=(.*?)/\d{8}/", self.headers.get("Authorization", ""))
        name = f"{values['Action']}-{values['RoleArn'].rpartition('/')[2]}-{signer[1] if signer else values.get('WebIdentityToken')}"
        self.answer(f'<{values["Action"]}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{values["Action"]}Result><Credentials><AccessKeyId>'
                    f"{name}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>{EXPIRES}"
                    f"</Expiration></Credentials></{values['Action']}Result></{values['Action']}Response>")


def record(case, service):
    def fill(text):
        return text.replace("@HOME@", HOME).replace("@SERVICE@", service)

    shutil.rmtree(HOME)
    aws = pathlib.Path(HOME, ".aws")
    (aws / "sso/cache").mkdir(parents=True)
    token = json.dumps({"startUrl": "https://start.example", "region": "eu-west-1", "accessToken": "sso-token", "expiresAt": EXPIRES})
    for name in ("s", "https://start.example"):
        (aws / "sso/cache" / (hashlib.sha1(name.encode()).hexdigest() + ".json")).write_text(token)
    pathlib.Path(HOME, "token").write_text("web-token")
    pathlib.Path(HOME, "elsewhere").write_text("[default]\n" + keys("elsewhere"))
    program = pathlib.Path(HOME, "print keys")
    program.write_text('#!/bin/sh\necho "{\\"Version\\": 1, \\"AccessKeyId\\": \\"${1#* }\\", \\"SecretAccessKey\\": \\"s\\"}"\n')
    program.chmod(0o700)
    for name in ("config", "credentials"):
        if case[name]:
            (aws / name).write_bytes(fill(case[name]).encode())
    os.environ.clear()
    os.environ.update({"HOME": HOME, "PATH": "/usr/bin:/bin", "AWS_EC2_METADATA_DISABLED": "true"})
    os.environ.update({key: fill(value) for key, value in case["variables"].items()})
    # The server's own address must not count as a setting of the case.
    if not any("ENDPOINT_URL" in key for key in case["variables"]):
        os.environ.update({"AWS_ENDPOINT_URL_STS": service, "AWS_ENDPOINT_URL_SSO": service})
    os.environ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = service
    expected = {}
    try:
        session = botocore.session.Session(profile=case["profile"])
        session.get_scoped_config()
        found = session.get_credentials()
        expected["access_key_id"] = found.get_frozen_credentials().access_key if found else None
        endpoint = ConfiguredEndpointProvider(session.full_config, session.get_scoped_config(), "s3").provide()
        ignored = session.get_config_variable("ignore_configured_endpoint_urls")
        expected["region"] = session.get_config_variable("region")
        expected["endpoint_url"] = None if ignored else endpoint
        expected["ca_bundle"] = session.get_config_variable("ca_bundle")
    except Exception as error:
        expected = {"error": type(error).__name__}
    return {**case, "expected": expected}


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    cases = [record(case, f"http://127.0.0.1:{server.server_port}") for case in CASES]
    shutil.rmtree(HOME)
    result = {"botocore": botocore.__version__, "cases": cases}
    pathlib.Path(__file__).with_name("aws-order.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
