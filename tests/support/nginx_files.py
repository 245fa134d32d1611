# SPDX-License-Identifier: Apache-2.0
"""What nginx needs in its folder to be a server for tests: settings, and certificates of an authority of our own."""
import subprocess

USER, PASSWORD, TOKEN, KEY = "tester", "mlo-test-password", "mlo-test-token", "mlo-test-key"

_DAV = "dav_methods PUT DELETE MKCOL COPY MOVE; dav_ext_methods PROPFIND OPTIONS;"

# Each is a folder of the same name in `data`, unless it says otherwise.
_LOCATIONS = f"""
  location /dav/ {{ {_DAV} create_full_put_path on; }}
  location /strict/ {{ {_DAV} }}
  location /put/ {{ dav_methods PUT DELETE; create_full_put_path on; }}
  location /files/ {{ alias data/dav/; }}
  location /pages/ {{ alias data/dav/; autoindex on; }}
  location /whole/ {{ alias data/dav/; max_ranges 0; }}
  location /user/ {{ auth_basic mlo; auth_basic_user_file users; {_DAV} }}
  location /half/ {{ limit_except GET {{ auth_basic mlo; auth_basic_user_file users; }} {_DAV} }}
  location /token/ {{ if ($http_authorization != "Bearer {TOKEN}") {{ return 401; }} {_DAV} }}
  location /key/ {{ if ($http_x_key != "{KEY}") {{ return 403; }} {_DAV} }}
  location /certificate/ {{ if ($ssl_client_verify != SUCCESS) {{ return 403; }} {_DAV} }}
  location /small/ {{ client_max_body_size 10k; {_DAV} }}
  location ~ ^/hiding/.*/\\. {{ return 403; }}
  location /hiding/ {{ {_DAV} create_full_put_path on; }}
  location /login/ {{ default_type text/html; return 200 "<html><title>Log in</title></html>"; }}
  location /gone/ {{ return 410; }}
  location /full/ {{ if ($request_method = PUT) {{ return 507; }} {_DAV} }}
  location /broken/ {{ return 500; }}
  location /moved/ {{ rewrite ^/moved/(.*)$ /dav/$1 redirect; }}
  location /loop/ {{ return 302 /loop/; }}
  location /plain/ {{ return 302 http://127.0.0.1:{{http}}/files/; }}
"""

_SETTINGS = """load_module {module};
daemon off;
master_process off;
pid pid;
error_log stderr crit;
events {{ worker_connections 512; }}
http {{
  default_type application/octet-stream;
  access_log access;
  client_max_body_size 0;
  client_body_temp_path tmp/body; proxy_temp_path tmp/proxy; fastcgi_temp_path tmp/fastcgi; uwsgi_temp_path tmp/uwsgi; scgi_temp_path tmp/scgi;
  root data;
  server {{ listen 127.0.0.1:{http}; {locations} }}
  server {{
    listen 127.0.0.1:{https} ssl;
    ssl_certificate server.pem; ssl_certificate_key server.key;
    ssl_client_certificate ca.pem; ssl_verify_client optional;
    {locations}
  }}
}}
"""


def write(folder, module, http, https):
    """Into `folder`: nginx.conf for these ports, and all that it names."""
    for name in ("tmp", "data", *(f"data/{name}" for name in
                                  ("dav", "strict", "put", "user", "half", "token", "key", "certificate", "small", "hiding", "full"))):
        (folder / name).mkdir()
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    make_authority(folder)
    make_certificate(folder, "server", "DNS:localhost,IP:127.0.0.1")
    make_certificate(folder, "client", "DNS:client")
    locations = _LOCATIONS.replace("{http}", str(http))
    (folder / "nginx.conf").write_text(_SETTINGS.format(module=module, http=http, https=https, locations=locations))


def _openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def make_authority(folder):
    """ca.pem and ca.key."""
    _openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=authority of a test",
             "-keyout", "ca.key", "-out", "ca.pem")


def make_certificate(folder, name, names, days=2):
    """NAME.pem and NAME.key, signed by ca.pem. With `days` below 0 it has expired."""
    _openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}", "-keyout", f"{name}.key",
             "-out", f"{name}.csr")
    (folder / f"{name}.cnf").write_text(f"subjectAltName={names}\n")
    validity = ["-days", str(days)]
    _openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", f"{name}.cnf", *validity,
             "-out", f"{name}.pem")
