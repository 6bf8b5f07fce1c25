"""Opens sockets of every kind, to this machine, to a network reserved for documentation, and to listen."""
# base: solution
# earns: all

# %% first
import socket

reached = ("reach" + "ed").upper()


def attempt(what, function):
    try:
        function()
    except OSError as error:
        print(what, error)
    else:
        print(reached, what)


def connect(family, address, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as one:
        one.settimeout(0.5)
        one.connect(address)
        if kind == socket.SOCK_DGRAM:
            one.send(b"a message from inside")


for port in (22, 80, 5432, 8786, 8888, 47113):
    attempt(f"127.0.0.1:{port}", lambda port=port: connect(socket.AF_INET, ("127.0.0.1", port)))
attempt("192.0.2.1", lambda: connect(socket.AF_INET, ("192.0.2.1", 80)))
attempt("192.0.2.1 by UDP", lambda: connect(socket.AF_INET, ("192.0.2.1", 53), socket.SOCK_DGRAM))
attempt("::1", lambda: connect(socket.AF_INET6, ("::1", 80)))
attempt("a name server", lambda: socket.getaddrinfo("example.org", 80))
attempt("AF_VSOCK", lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM))
attempt("AF_NETLINK", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
attempt("AF_PACKET", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
attempt("AF_ALG", lambda: socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET))
attempt("a raw socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
for path in ("\0lossmark-outside", "/run/dbus/system_bus_socket", "/var/run/docker.sock", "/tmp/.X11-unix/X0"):
    attempt(f"unix socket {path!r}", lambda path=path: connect(socket.AF_UNIX, path))

# Not forbidden, but nobody outside may hear of it: the oracle tries to connect.
listening = []
for family, address in ((socket.AF_INET, ("0.0.0.0", 30711)), (socket.AF_UNIX, "\0lossmark-inside")):
    listening.append(socket.socket(family))
    listening[-1].bind(address)
    listening[-1].listen()
