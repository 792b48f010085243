"""Lists Lab's own files by URL path with their SHA-256, as JSON on stdout.

Read by the gateway: what a workspace serves under these paths and is not one of these files never
reaches a browser, because a program in a workspace can take the place of the notebook server.
"""

import hashlib
import json
import pathlib
import sys

import jupyter_server

SHARE = pathlib.Path(sys.prefix, "share/jupyter")
SERVED = {
    "/static/": pathlib.Path(jupyter_server.__file__).parent / "static",
    "/static/lab/": SHARE / "lab/static",
    "/lab/extensions/": SHARE / "labextensions",
}


def list_files():
    for prefix, directory in SERVED.items():
        for file in sorted(directory.rglob("*")):
            if file.is_file():
                path = prefix + file.relative_to(directory).as_posix()
                yield path, hashlib.sha256(file.read_bytes()).hexdigest()


json.dump(dict(list_files()), sys.stdout, indent=0, sort_keys=True)
