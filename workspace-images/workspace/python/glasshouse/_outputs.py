"""The way out: files are pushed to quarantine, checked there, and reviewed by two people."""

import os
from urllib.parse import quote

from ._files import files_below, name_of, open_bytes, open_file
from ._http import GlasshouseError, call

KINDS = ("output", "supporting", "code")


def check(what):
    """What the disclosure rules find in files, a folder or a data frame, before anything is asked for.

    Returns a data frame with one row per finding, and a verdict per file in `.attrs["verdicts"]`. The
    files are frozen and checked by the same engine that checkers use; nobody is asked to review them.
    """
    import pandas

    pushed = [_push(name, file) for name, file in _contents(what)]
    answer = call("POST", "/outputs/check", {"files": [one["file"] for one in pushed]})
    rows, verdicts = [], {}
    for file in answer["files"]:
        verdicts[file["path"]] = file["verdict"]
        if file.get("reason"):
            rows.append({"file": file["path"], "status": file["verdict"], "rule": "unreadable", "message": file["reason"]})
        for finding in file["findings"]:
            location = finding.get("location") or {}
            rows.append(
                {
                    "file": file["path"],
                    "status": finding["status"],
                    "rule": finding["rule"],
                    "row": location.get("row"),
                    "column": location.get("column"),
                    "message": finding["message"],
                }
            )
    frame = pandas.DataFrame(rows, columns=["file", "status", "rule", "row", "column", "message"])
    frame.attrs["verdicts"] = verdicts
    return frame


def request_output(title, groups=None, files=None, context=""):
    """Asks for the release of files, says what became of it, and returns the request's number.

    Either `files` with one `context`, or `groups`: a list of {"name", "context", "files"}. A file is the
    path of a file (no folder, link or pipe), or a dictionary {"path", "kind", "description",
    "small_numbers"}; `kind` is "output" (leaves), "supporting" (numbers behind a figure, seen by checkers
    only) or "code"; `small_numbers` says how small counts were handled.
    """
    if groups is None:
        groups = [{"name": title, "context": context, "files": files or []}]
    asked = [
        {
            "name": str(group.get("name") or title),
            "context": str(group.get("context") or ""),
            "files": [_described(file) for file in _listed(group.get("files"))],
        }
        for group in groups
    ]
    if not any(group["files"] for group in asked):
        raise GlasshouseError("no_files", "Name at least one file to release.")
    for group in asked:
        for file in group["files"]:
            file["file"] = _push(*_single(file.pop("path")))["file"]
    made = call("POST", "/outputs/requests", {"title": title, "groups": asked})
    if made.get("reason"):
        print(f"{made['number']} is a draft: {made['reason']} Complete it here: {made['link']}")
    else:
        print(f"{made['number']} is with the output checkers: {made.get('link', '')}")
    return made["number"]


def requests():
    """Your requests with their states and the checkers' comments, as a data frame."""
    import pandas

    answer = call("GET", "/outputs/requests")
    return pandas.DataFrame(answer["requests"] if isinstance(answer, dict) else answer)


def _listed(files):
    return [] if files is None else [files] if isinstance(files, (str, os.PathLike, dict)) else list(files)


def _described(file):
    given = dict(file) if isinstance(file, dict) else {"path": file}
    kind = given.get("kind", "output")
    if kind not in KINDS:
        raise GlasshouseError("invalid_kind", f"A file's kind is one of {', '.join(KINDS)}.")
    return {
        "path": given["path"],
        "kind": kind,
        "description": str(given.get("description", "")),
        "smallNumbers": str(given.get("small_numbers", "")),
    }


def _contents(what):
    """Names and open files: of a data frame as CSV, a file, every file of a folder, or a list of these."""
    if not isinstance(what, (str, os.PathLike)) and not hasattr(what, "to_csv"):
        for one in what:
            yield from _contents(one)
    elif isinstance(what, (str, os.PathLike)) and os.path.isdir(what):
        for path in files_below(os.fspath(what)):
            yield _single(path)
    else:
        yield _single(what)


def _single(what):
    """The name and the open file of one path or data frame; _push closes it."""
    if hasattr(what, "to_csv"):
        return "frame.csv", open_bytes("frame.csv", what.to_csv(index=False).encode())
    path = os.fspath(what)
    return name_of(path), open_file(path)


def _push(name, file):
    with file:
        headers = {"content-type": "application/octet-stream", "content-length": str(file.size)}
        return call("PUT", f"/outputs/files/{quote(name, safe='/')}", file, headers)
