# The probes of every start, run inside a workspace as its person: `python3 -I -c PROGRAM id...` prints one
# JSON array of {id, held, detail}; the last line, which asks for that, is put behind it by the agent.
# Each function tries what its wall forbids and returns what it got, or None when the wall held. Only the
# standard library; a probe that cannot tell raises, and that counts as not held.
import ctypes
import errno
import json
import os
import platform
import socket
import stat
import struct
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"


def syscall(number_x86, number_arm, *arguments):
    """Returns 0 or more, or minus the error number."""
    ctypes.set_errno(0)
    result = LIBC.syscall(ctypes.c_long(number_x86 if X86 else number_arm), *arguments)
    return -ctypes.get_errno() if result == -1 else result


def refused(what, result):
    """None when a call was refused as a whole, else what it answered."""
    if result in (-errno.EPERM, -errno.ENOSYS, -errno.EACCES):
        return None
    return f"{what}: {errno.errorcode.get(-result, result) if result < 0 else 'allowed'}"


def opened(family, kind=socket.SOCK_STREAM, protocol=0):
    try:
        socket.socket(family, kind, protocol).close()
    except OSError as error:
        # "Not supported" would be the kernel's answer and not the wall's.
        return None if error.errno in (errno.EPERM, errno.EACCES) else f"errno {errno.errorcode.get(error.errno)}"
    return "a socket was made"


def interfaces():
    names = [name for _, name in socket.if_nameindex() if name != "lo"]
    return f"interfaces besides loopback: {', '.join(names)}" if names else None


def routes():
    with open("/proc/net/route") as file:
        lines = file.read().splitlines()[1:]
    with open("/proc/net/ipv6_route") as file:
        lines += [line for line in file.read().splitlines() if not line.endswith(" lo")]
    return f"{len(lines)} routes" if lines else None


def connect(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.settimeout(2)
        # The scope of a link-local address is an interface; 1 is loopback, the only one.
        code = one.connect_ex((address, port, 0, 1) if address.startswith("fe80:") else (address, port))
    # Refused means that a machine answered; unreachable means that there is none.
    if code in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EPERM):
        return None
    return f"{address}:{port}: {errno.errorcode.get(code, 'connected')}"


def out():
    targets = ("10.0.0.1", "172.17.0.1", "192.168.0.1", "169.254.169.254", "192.0.2.1", "2001:db8::1", "fe80::1")
    return next((found for found in (connect(target, 80) for target in targets) if found), None)


def datagram():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.settimeout(1)
        try:
            one.sendto(b"?", ("192.0.2.1", 53))
        except OSError as error:
            return None if error.errno == errno.ENETUNREACH else errno.errorcode.get(error.errno)
    return "a datagram left"


def names():
    try:
        found = socket.getaddrinfo("example.org", 80)
    except socket.gaierror:
        with open("/etc/resolv.conf") as file:
            servers = [line.split()[1] for line in file if line.startswith("nameserver")]
        return None if all(server.startswith("127.") for server in servers) else f"name servers: {servers}"
    return f"a name was resolved: {found[0][4]}"


def raw():
    return opened(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)


def families():
    # Numbers, because not every Python names them: packet, bluetooth, AF_ALG, vsock, XDP, CAN, RDS, TIPC, QIPCRTR.
    for number in (17, 31, 38, 40, 44, 29, 21, 30, 42):
        found = opened(number, socket.SOCK_DGRAM if number != 38 else socket.SOCK_SEQPACKET)
        if found:
            return f"family {number}: {found}"
    return None


def netlink():
    # Only route (0) may be asked; audit, uevent, generic and the packet filter may not.
    for protocol in (9, 15, 16, 12, 4):
        found = opened(16, socket.SOCK_RAW, protocol)
        if found:
            return f"protocol {protocol}: {found}"
    return None


def io_uring():
    return refused("io_uring_setup", syscall(425, 425, 1, ctypes.create_string_buffer(120)))


def ptrace():
    return refused("ptrace", syscall(101, 117, 0, 0, 0, 0))


def other_memory():
    return refused("process_vm_readv", syscall(310, 270, os.getppid(), 0, 0, 0, 0, 0))


def bpf():
    # Looking up in a map that is none: kernels that forbid loading to all but the privileged still answer it.
    return refused("bpf", syscall(321, 280, 1, ctypes.create_string_buffer(64), 64))


def keyrings():
    return refused("keyctl", syscall(250, 219, 0, -3, 0)) or refused("add_key", syscall(248, 217, 0, 0, 0, 0, 0))


def namespaces():
    # A user namespace, by unshare and by clone; both need no privilege where they are allowed.
    found = refused("unshare", syscall(272, 97, 0x10000000))
    if found:
        return found
    child = syscall(56, 220, 0x10000000 | 17, 0, 0, 0, 0)
    if child == 0:
        os._exit(0)
    if child > 0:
        os.waitpid(child, 0)
    return refused("clone", child)


def mounting():
    return refused("mount", syscall(165, 40, b"none", b"/tmp", b"tmpfs", 0, 0)) or refused("open_tree", syscall(428, 428, -100, b"/", 0))


def compatibility():
    """A 32-bit call ends the caller: it is made by a child, through int 0x80."""
    if not X86:
        return None
    import mmap
    import signal

    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")  # mov eax, 20 (getpid); int 0x80; ret
        call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
        os._exit(0 if call() > 0 else 1)
    _, status = os.waitpid(child, 0)
    return "a 32-bit call was answered" if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0 else None


def capabilities():
    with open("/proc/self/status") as file:
        status = dict(line.split(":", 1) for line in file.read().splitlines())
    held = [name for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb") if int(status[name], 16)]
    return f"not empty: {', '.join(held)}" if held else None


def privileges():
    with open("/proc/self/status") as file:
        status = dict(line.split(":", 1) for line in file.read().splitlines())
    return None if status["NoNewPrivs"].strip() == "1" else "privileges can be gained"


def person():
    identity = (os.getuid(), os.geteuid(), os.getgid(), os.getegid(), *os.getgroups())
    return None if set(identity) == {1000} else f"runs as {identity}"


def root_files():
    for directory in ("/", "/etc", "/usr", "/opt/glasshouse", "/etc/jupyter", "/work", "/var", "/run"):
        try:
            path = os.path.join(directory, ".probe")
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
            os.unlink(path)
            return f"{directory} can be written"
        except OSError as error:
            if error.errno not in (errno.EROFS, errno.EACCES, errno.EPERM):
                raise
    flags = os.statvfs("/").f_flag
    return None if flags & os.ST_RDONLY else "the root file system is writable"


def machine_files():
    """Files that tell about the whole machine are empty, and so are the machine's folders of /sys."""
    for name in ("meminfo", "loadavg", "stat", "diskstats", "vmstat", "interrupts", "cmdline", "uptime", "locks",
                 "softirqs", "zoneinfo", "buddyinfo", "kallsyms", "keys", "timer_list", "slabinfo", "cgroups", "partitions"):
        path = f"/proc/{name}"
        try:
            with open(path, "rb") as file:
                if file.read(1):
                    return f"{path} can be read"
        except (FileNotFoundError, PermissionError):
            pass
    for path in ("/proc/pressure", "/proc/sys/fs", "/sys/devices", "/sys/kernel", "/sys/module", "/sys/block",
                 "/sys/class", "/sys/firmware", "/sys/fs/ext4"):
        try:
            if os.listdir(path):
                return f"{path} can be listed"
        except (FileNotFoundError, PermissionError, NotADirectoryError):
            pass
    return None


def engine_socket():
    for path in ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/sock", "/run/secrets"):
        if os.path.lexists(path):
            return f"{path} is there"
    return None


def devices():
    allowed = {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "console"}
    for name in os.listdir("/dev"):
        mode = os.lstat(f"/dev/{name}").st_mode
        if (stat.S_ISBLK(mode) or stat.S_ISCHR(mode)) and name not in allowed:
            return f"/dev/{name} is there"
    found = syscall(133, 33, -100 if not X86 else b"/tmp/.probe", stat.S_IFBLK | 0o600, 0x700) if X86 else -errno.EPERM
    if found >= 0:
        os.unlink("/tmp/.probe")
    return refused("mknod", found)


def late_mounts():
    """Home and shared folder carry nosuid and nodev, also though they were bound in later."""
    want = os.ST_NOSUID | os.ST_NODEV
    for path in ("/work/home", "/work/shared", "/tmp", "/dev/shm"):
        if os.statvfs(path).f_flag & want != want:
            return f"{path} lacks nosuid or nodev"
    slot = os.stat("/work").st_dev
    missing = [path for path in ("/work/home", "/work/shared") if os.stat(path).st_dev == slot]
    return f"not mounted: {missing}" if missing else None


def limits():
    """The control group of this workspace sets memory and processes below those of the machine."""
    def read(*paths):
        for path in paths:
            try:
                with open(path) as file:
                    return file.read().strip()
            except OSError:
                pass
        return None

    memory = read("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
    count = read("/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/pids/pids.max")
    if memory is None or memory == "max" or int(memory) > 1 << 50:
        return f"memory: {memory}"
    return f"processes: {count}" if count is None or count == "max" else None


def other_processes():
    """Every visible process is the workspace's own: its first one is the container's init."""
    with open("/proc/1/comm") as file:
        first = file.read().strip()
    return None if first in ("docker-init", "tini") else f"process 1 is {first}"


AVAILABLE = {
    "interfaces": interfaces, "routes": routes, "connect-out": out, "datagram-out": datagram, "names": names,
    "raw-sockets": raw, "socket-families": families, "netlink": netlink, "io-uring": io_uring, "ptrace": ptrace,
    "other-memory": other_memory, "bpf": bpf, "keyrings": keyrings, "namespaces": namespaces, "mounting": mounting,
    "compatibility-calls": compatibility, "capabilities": capabilities, "new-privileges": privileges, "user": person,
    "root-files": root_files, "machine-files": machine_files, "engine-socket": engine_socket, "devices": devices,
    "late-mounts": late_mounts, "limits": limits, "processes": other_processes,
}


def pick():
    for name in (one for one in sys.argv[1:] if not one.startswith("{")):
        try:
            found = AVAILABLE[name]()
            yield {"id": name, "held": found is None, "detail": found or "refused"}
        except Exception as error:
            yield {"id": name, "held": False, "detail": f"{type(error).__name__}: {error}"}
