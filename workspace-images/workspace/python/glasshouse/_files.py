"""Files on their way out. A name in a home may stand for anything: only a regular file is read, and only as
long as it was when it was opened."""

import errno
import io
import os
import re
import stat

from ._http import GlasshouseError

FILES_LIMIT = 500
# As much as the platform takes; it counts for itself.
BYTES_LIMIT = 64 * 1024 * 1024

# A pipe or device that takes the file's place meanwhile is opened without waiting, and then refused.
OPENING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC

# What no address on the way out may hold.
UNSENDABLE = re.compile(r"[\\\x00-\x1f\x7f-\x9f\ud800-\udfff]|%[0-9A-Fa-f]{2}")


class OpenFile:
    """Bytes of a known number. `read` gives just these, or says that the file was changed."""

    def __init__(self, path, file, size):
        self.path, self.size = path, size
        self._file, self._left = file, size

    def read(self, most=-1):
        chunk = self._file.read(self._left if most < 0 else min(most, self._left))
        self._left -= len(chunk)
        # At the end one byte more is asked for: a file that grew is not the one that was meant.
        if (not chunk and self._left > 0) or (self._left == 0 and self._file.read(1)):
            raise GlasshouseError(
                "file_changed", f"{self.path!r} changed while it was read. Send it again when nothing writes to it."
            )
        return chunk

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()


def open_bytes(name, content):
    _assert_size(name, len(content))
    return OpenFile(name, io.BytesIO(content), len(content))


def open_file(path):
    """Follows no link at its end and waits for nobody."""
    try:
        _assert_regular(path, os.lstat(path))
        handle = os.open(path, OPENING)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    try:
        found = os.fstat(handle)
        _assert_regular(path, found)
        _assert_size(path, found.st_size)
    except GlasshouseError:
        os.close(handle)
        raise
    return OpenFile(path, os.fdopen(handle, "rb"), found.st_size)


def files_below(folder):
    """Everything in a folder and the folders in it but what is hidden; links are named too, and open_file says so."""
    found = []

    def fail(error):
        raise _unreadable(error.filename or folder, error) from error

    for directory, folders, names in os.walk(folder, onerror=fail):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if os.path.islink(os.path.join(directory, name))]
        shown = sorted(name for name in names if not name.startswith("."))
        found += [os.path.join(directory, name) for name in links + shown]
        if len(found) > FILES_LIMIT:
            raise GlasshouseError(
                "too_many_files", f"{folder!r} has more than {FILES_LIMIT} files. At most {FILES_LIMIT} go at once."
            )
    return found


def name_of(path):
    """The name that checkers see: below the home as it is, else the file's own name."""
    inside = os.path.relpath(os.path.abspath(path), os.environ.get("HOME", "/work/home"))
    name = os.path.basename(path) if inside.startswith("..") else inside
    if UNSENDABLE.search(name):
        raise GlasshouseError(
            "bad_file_name", f"{name!r} cannot be sent under its name. Rename it to letters, digits, spaces, - and _."
        )
    return name


KINDS = (
    (stat.S_ISDIR, "a folder. Name the files in it"),
    (stat.S_ISLNK, "a link. Name the file that it leads to"),
    (stat.S_ISFIFO, "a pipe, which has no end"),
    (stat.S_ISSOCK, "a socket"),
)


def _assert_regular(path, found):
    if not stat.S_ISREG(found.st_mode):
        kind = next((words for holds, words in KINDS if holds(found.st_mode)), "a device, which has no end")
        raise GlasshouseError("not_a_file", f"{path!r} is {kind}. Only files leave.")


def _assert_size(path, size):
    if size > BYTES_LIMIT:
        most = BYTES_LIMIT // 1024**2
        raise GlasshouseError(
            "file_too_large",
            f"{path!r} has {size / 1024**2:,.1f} MB; one file leaves with at most {most} MB. It was not sent.",
        )


def _unreadable(path, error):
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return GlasshouseError("not_a_file", f"{path!r} is a link. Name the file that it leads to. Only files leave.")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return GlasshouseError("no_such_file", f"{path!r} cannot be read: {reason}.")
