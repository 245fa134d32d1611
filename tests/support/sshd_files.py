# SPDX-License-Identifier: Apache-2.0
"""What an OpenSSH server of the tests and its clients need: keys and settings. The names below are files of its folder.

    host_ed25519 other_host  keys of hosts: the server's, and one that it does not have
    id_ed25519 id_rsa        keys that it lets in
    id_passphrase            the same, but encrypted
    id_stranger              one that it does not know
    known_hosts              knows the server; known_wrong has the other key for it, known_none no key"""
import os
import pathlib
import shlex
import subprocess

KEYS = {"host_ed25519": ("ed25519", ""), "other_host": ("ed25519", ""), "id_ed25519": ("ed25519", ""), "id_rsa": ("rsa", ""),
        "id_passphrase": ("ed25519", "a passphrase"), "id_stranger": ("ed25519", "")}
LET_IN = ("id_ed25519", "id_rsa", "id_passphrase")


def make_keys(folder):
    for name, (kind, passphrase) in KEYS.items():
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", name, "-f", folder / name], check=True)
    (folder / "authorized_keys").write_text("".join((folder / f"{name}.pub").read_text() for name in LET_IN))


def write(folder, port, subsystem, lines):
    """The settings of the server, and what clients know of it."""
    settings = [f"Port {port}", "ListenAddress 127.0.0.1", f"HostKey {folder}/host_ed25519", f"AuthorizedKeysFile {folder}/authorized_keys",
                "UsePAM no", "StrictModes no", "PidFile none", "PermitRootLogin yes", "PasswordAuthentication no",
                "KbdInteractiveAuthentication no", "LogLevel VERBOSE", *([f"Subsystem sftp {subsystem}"] if subsystem else []), *lines]
    (folder / "sshd_config").write_text("\n".join(settings) + "\n")
    for name, key in (("known_hosts", "host_ed25519"), ("known_wrong", "other_host")):
        (folder / name).write_text(f"[127.0.0.1]:{port} {(folder / f'{key}.pub').read_text()}")
    (folder / "known_none").write_text("")
    if os.getuid() == 0:  # made by the service of the system, which does not run here
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)


def ssh_command(folder, key, known):
    """HOME does not help here: ssh looks for the home of its user in the system's list of users."""
    options = {"UserKnownHostsFile": folder / known, "GlobalKnownHostsFile": "none", "IdentityFile": folder / key, "IdentitiesOnly": "yes",
               "IdentityAgent": "none"}
    return shlex.join(["ssh", "-F", "none", *(f"-o{name}={value}" for name, value in options.items())])


def descendants(pid):
    """All that it has started: sshd gives each connection a session of its own."""
    try:
        children = [int(word) for word in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []
    return [each for one in children for each in (one, *descendants(one))]
