# The long battery: named ways out, tried one by one. It is put behind program.py and shares its helpers.
# What can leave carries a mark (this run's word and turn, and the probe's name), so that a listener outside can
# count what arrived; the targets come as one JSON argument, because only the tests know them.
import glob

TARGETS = next((json.loads(one) for one in sys.argv[1:] if one.startswith("{")), {})
MACHINE4 = TARGETS.get("machine4", "172.17.0.1")
MACHINE6 = TARGETS.get("machine6", "fd00::1")
MACHINE_LINK = TARGETS.get("machineLink", "fe80::1")
NEIGHBOUR4 = TARGETS.get("neighbour4", "172.17.0.2")
NEIGHBOUR6 = TARGETS.get("neighbour6", "fd00::2")
NEIGHBOUR_NAME = TARGETS.get("neighbourName", "neighbour")
PORT = TARGETS.get("port", 80)
# What the kernel says when there is no way at all. A time-out or a refusal means that something was sent.
NO_WAY = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.ENODEV, errno.ENETDOWN, errno.EPERM, errno.EACCES)


def mark(kind):
    return f"gh-probe-{TARGETS.get('word', 'none')}-{TARGETS.get('turn', 0)}-{kind}".encode()


def attempt(action):
    try:
        action()
    except OSError as error:
        return None if error.errno in NO_WAY else f"went out: {errno.errorcode.get(error.errno, error)}"
    return "went out"


def scope():
    """The interface for addresses that need one: the first besides loopback, else loopback."""
    return next((index for index, name in socket.if_nameindex() if name != "lo"), 1)


def place(address, port):
    if ":" not in address:
        return socket.AF_INET, (address, port)
    local = address.lower().startswith(("fe80:", "ff02:"))
    return socket.AF_INET6, (address, port, 0, scope() if local else 0)


def stream(kind, address, port=None, protocol=0):
    family, where = place(address, port or PORT)

    def action():
        with socket.socket(family, socket.SOCK_STREAM, protocol) as one:
            one.settimeout(3)
            one.connect(where)
            one.sendall(mark(kind))
    return attempt(action)


def datagrams(kind, address, port=None, protocol=0, payload=None):
    family, where = place(address, port or PORT)

    def action():
        with socket.socket(family, socket.SOCK_DGRAM, protocol) as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            # Loopback is nobody's way out; without another interface there is none to name.
            if where[0].lower().startswith("ff02:"):
                if scope() == 1:
                    raise OSError(errno.ENETUNREACH, "no interface")
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, scope())
            one.sendto(mark(kind) if payload is None else payload, where)
    return attempt(action)


def question(kind):
    label = mark(kind)
    return b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + bytes([len(label)]) + label + b"\x07invalid\x00\x00\x01\x00\x01"


def fast_open():
    def action():
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
            # Not settimeout(): without blocking it would give up before the first packet is answered.
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", 3, 0))
            one.sendto(mark("fast-open"), 0x20000000, (MACHINE4, PORT))  # MSG_FASTOPEN
    return attempt(action)


def echo(kind, address, family, protocol, first):
    def action():
        with socket.socket(family, socket.SOCK_DGRAM, protocol) as one:
            one.sendto(bytes([first, 0, 0, 0, 0, 1, 0, 1]) + mark(kind), (address, 0))
    return attempt(action)


def neighbour_names():
    try:
        found = socket.getaddrinfo(NEIGHBOUR_NAME, 80)
    except socket.gaierror:
        return None
    return f"{NEIGHBOUR_NAME} is {found[0][4][0]}"


def own_loopback():
    """On loopback only the own processes answer: what answers elsewhere on the machine does not."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        one.settimeout(3)
        if one.connect_ex(("127.0.0.1", PORT)) == 0:
            one.sendall(mark("machine-loopback"))
            return f"127.0.0.1:{PORT} answers"
    return None


def abstract_sockets():
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
        if one.connect_ex(b"\0gh-probe-" + TARGETS.get("word", "none").encode()) == 0:
            one.sendall(mark("abstract-sockets"))
            return "an abstract socket of the machine answers"
    with open("/proc/net/unix") as file:
        held = [line.split()[-1] for line in file.read().splitlines()[1:] if line.split()[-1].startswith("@")]
    return f"abstract sockets are seen: {held[:3]}" if held else None


def raw_protocol(number):
    return opened(socket.AF_INET, socket.SOCK_RAW, number)


def writable(*paths):
    """Opens for writing and writes nothing; None when no path opens."""
    for path in paths:
        for found in glob.glob(path):
            try:
                os.close(os.open(found, os.O_WRONLY))
                return f"{found} can be written"
            except OSError as error:
                if error.errno not in (errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.EISDIR, errno.EINVAL):
                    raise
    return None


def machine_devices():
    for path in ("/dev/vd*", "/dev/sd*", "/dev/nvme*", "/dev/loop*", "/dev/kvm", "/dev/vsock", "/dev/fuse", "/dev/net/tun", "/dev/mem",
                 "/dev/kmsg", "/dev/mapper/*", "/dev/vhost*", "/dev/userfaultfd", "/dev/snd/*", "/dev/dri/*"):
        for found in glob.glob(path):
            return f"{found} is there"
    return None


def socket_files():
    """A socket outside the own scratch space is somebody else's."""
    for top in ("/run", "/var", "/work", "/sock", "/etc", "/opt", "/srv", "/mnt", "/home", "/root"):
        for folder, _, files in os.walk(top):
            for name in files:
                path = os.path.join(folder, name)
                try:
                    if stat.S_ISSOCK(os.lstat(path).st_mode) and os.lstat(path).st_uid != os.getuid():
                        return f"{path} is a socket"
                except OSError:
                    pass
    return None


def shared_memory():
    path = f"/dev/shm/gh-probe-{TARGETS.get('word', 'none')}"
    if os.path.exists(path):
        return f"{path} is the machine's"
    with open("/proc/sysvipc/shm") as file:
        segments = file.read().splitlines()[1:]
    return f"{len(segments)} segments of shared memory" if segments else None


def group_names():
    with open("/proc/self/cgroup") as file:
        seen = {line.split(":", 2)[2] for line in file.read().splitlines()}
    return None if seen <= {"/"} else f"the group is named: {sorted(seen)[0]}"


def mounts_of_others():
    """The mount table names this workspace's own slot and nothing of another run, home or secret."""
    with open("/proc/self/mountinfo") as file:
        points = [line.split()[4] for line in file.read().splitlines()]
    expected = ("/", "/proc", "/sys", "/dev", "/work", "/tmp", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/sbin/docker-init", "/usr/sbin/docker-init")
    strange = [point for point in points if point not in expected and not point.startswith(("/proc/", "/sys/", "/dev/", "/work/home", "/work/shared"))]
    return f"{strange[0]} is mounted" if strange else None


def user_faults():
    # 1: for user-mode faults only, which needs no privilege where it is allowed.
    return refused("userfaultfd", syscall(323, 282, 1))


BATTERY = {
    "neighbour-tcp": lambda: stream("neighbour-tcp", NEIGHBOUR4),
    "neighbour-udp": lambda: datagrams("neighbour-udp", NEIGHBOUR4),
    "neighbour-ipv6": lambda: stream("neighbour-ipv6", NEIGHBOUR6),
    "neighbour-names": neighbour_names,
    "machine-tcp": lambda: stream("machine-tcp", MACHINE4),
    "machine-udp": lambda: datagrams("machine-udp", MACHINE4),
    "machine-ipv6": lambda: stream("machine-ipv6", MACHINE6),
    "machine-link-local": lambda: stream("machine-link-local", MACHINE_LINK),
    "machine-mapped": lambda: stream("machine-mapped", f"::ffff:{MACHINE4}"),
    "machine-loopback": own_loopback,
    "multipath-tcp": lambda: stream("multipath-tcp", MACHINE4, protocol=262),
    "fast-open": fast_open,
    "udp-lite": lambda: datagrams("udp-lite", MACHINE4, protocol=136),
    "dns-udp": lambda: datagrams("dns-udp", MACHINE4, 53, payload=question("dns-udp")),
    "dns-tcp": lambda: stream("dns-tcp", MACHINE4, 53),
    "mdns": lambda: datagrams("mdns", "224.0.0.251", 5353, payload=question("mdns")),
    "mdns-ipv6": lambda: datagrams("mdns-ipv6", "ff02::fb", 5353, payload=question("mdns-ipv6")),
    "llmnr": lambda: datagrams("llmnr", "224.0.0.252", 5355, payload=question("llmnr")),
    "service-discovery": lambda: datagrams("service-discovery", "239.255.255.250", 1900),
    "broadcast": lambda: datagrams("broadcast", "255.255.255.255", 67),
    "ping": lambda: echo("ping", MACHINE4, socket.AF_INET, socket.IPPROTO_ICMP, 8),
    "ping-ipv6": lambda: echo("ping-ipv6", MACHINE6, socket.AF_INET6, socket.IPPROTO_ICMPV6, 128),
    "metadata-ipv4": lambda: datagrams("metadata-ipv4", "169.254.169.254", 80),
    "metadata-ipv6": lambda: datagrams("metadata-ipv6", "fd00:ec2::254", 80),
    "internet-ipv4": lambda: datagrams("internet-ipv4", "198.51.100.7", 443),
    "internet-ipv6": lambda: datagrams("internet-ipv6", "2001:db8::7", 443),
    "abstract-sockets": abstract_sockets,
    "sctp": lambda: raw_protocol(132),
    "dccp": lambda: raw_protocol(33),
    "tunnels": lambda: raw_protocol(47),
    "packet-sockets": lambda: opened(17, socket.SOCK_RAW, 0),
    "express-data-path": lambda: opened(44, socket.SOCK_RAW),
    "vsock": lambda: opened(40),
    "bluetooth": lambda: opened(31),
    "kernel-crypto": lambda: opened(38, socket.SOCK_SEQPACKET),
    "can-bus": lambda: opened(29, socket.SOCK_RAW),
    "cluster-sockets": lambda: opened(21, socket.SOCK_SEQPACKET) or opened(30, socket.SOCK_SEQPACKET),
    "modem-sockets": lambda: opened(42, socket.SOCK_DGRAM),
    "netlink-generic": lambda: opened(16, socket.SOCK_RAW, 16),
    "netlink-diagnosis": lambda: opened(16, socket.SOCK_RAW, 4),
    "netlink-audit": lambda: opened(16, socket.SOCK_RAW, 9),
    "netlink-events": lambda: opened(16, socket.SOCK_RAW, 15),
    "netlink-filter": lambda: opened(16, socket.SOCK_RAW, 12),
    "netlink-crypto": lambda: opened(16, socket.SOCK_RAW, 21),
    "perf": lambda: refused("perf_event_open", syscall(298, 241, None, 0, -1, -1, 0)),
    "user-faults": user_faults,
    "joining-namespaces": lambda: refused("setns", syscall(308, 268, -1, 0)),
    "taking-descriptors": lambda: refused("pidfd_getfd", syscall(438, 438, -1, 0, 0)),
    "page-cache": lambda: refused("mincore", syscall(27, 232, 0, 0, 0)) or refused("cachestat", syscall(451, 451, -1, 0, 0, 0)),
    "comparing-processes": lambda: refused("kcmp", syscall(312, 272, os.getpid(), os.getpid(), 0, 0, 0)),
    "file-handles": lambda: refused("open_by_handle_at", syscall(304, 265, -1, ctypes.create_string_buffer(64), 0)),
    "kernel-log": lambda: refused("syslog", syscall(103, 116, 10, 0, 0)),
    "clocks": lambda: refused("clock_settime", syscall(227, 112, 0, 0)),
    # The magic numbers are wrong: where it is allowed, nothing happens.
    "reboot": lambda: refused("reboot", syscall(169, 142, 0, 0, 0, 0)),
    "changing-root": lambda: refused("chroot", syscall(161, 51, ctypes.c_char_p(b"/"))),
    "core-pattern": lambda: writable("/proc/sys/kernel/core_pattern"),
    "kernel-parameters": lambda: writable("/proc/sys/kernel/*", "/proc/sys/vm/*", "/proc/sys/net/*/*"),
    "kernel-settings": lambda: writable("/sys/kernel/*", "/sys/power/*", "/sys/module/*/parameters/*", "/sys/kernel/mm/*/*"),
    "control-groups": lambda: writable("/sys/fs/cgroup/*", "/sys/fs/cgroup/*/*"),
    "machine-devices": machine_devices,
    "socket-files": socket_files,
    "shared-memory": shared_memory,
    "group-names": group_names,
    "mount-table": mounts_of_others,
}
AVAILABLE.update(BATTERY)
