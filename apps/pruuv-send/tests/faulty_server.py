"""A server on loopback that answers as told, byte by byte: what no well-behaved server would do."""

import json
import socket
import ssl
import struct
import subprocess
import threading

LINE = b"\r\n"


def make_certificate(folder, name="good", hosts="DNS:localhost,IP:127.0.0.1", days=2):
    """A certificate that is its own authority, and its key, in one PEM file. Negative days: expired."""
    path, key, wish, names = (folder / f"{name}.{end}" for end in ("pem", "key", "csr", "ext"))
    names.write_text(f"subjectAltName={hosts}\n")
    for command in (
            ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
             "-out", wish, "-subj", f"/CN={name}"],
            ["x509", "-req", "-in", wish, "-signkey", key, "-days", str(days), "-extfile", names, "-out", path]):
        subprocess.run(["openssl", *command], check=True, capture_output=True)
    path.write_text(path.read_text() + key.read_text())
    return path


def answer(status, body, *headers, length=None):
    """A whole HTTP/1.1 answer; another `length` than the body's makes it a lie."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} X".encode(), b"Content-Type: application/json",
             b"Content-Length: " + str(len(body) if length is None else length).encode(),
             *[header.encode() for header in headers]]
    return LINE.join(lines) + LINE + LINE + body


def accepted(request):
    """What Meta says to a request it takes."""
    return answer(200, json.dumps({"events_received": len(request.events), "messages": [], "fbtrace_id": "T"}))


class Request:
    def __init__(self, head, body):
        self.head, self.body = head.decode("latin-1"), body
        self.path = self.head.split(" ")[1]
        self.events = json.loads(body)["data"] if body else []


class FaultyServer:
    """Each request is answered by the next behaviour, the last one again and again.

    A behaviour is called with (connection, request) and sends what it likes; what it gives back is sent, too.
    `close` after it ends the connection, `reset` does so with a TCP reset.
    """

    def __init__(self, certificate, *behaviours, tls=True, on_connect=None):
        self.behaviours = list(behaviours) or [lambda connection, request: accepted(request)]
        self.requests, self.connections, self.failures = [], 0, []
        self.on_connect = on_connect
        self.context = None
        if tls:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate)
            self.context.set_alpn_protocols(["h2", "http/1.1"])
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.base = f"{'https' if tls else 'http'}://127.0.0.1:{self.listener.getsockname()[1]}"
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while not self.stopped.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            if self.on_connect:
                self.on_connect(connection)
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            while True:
                request = self.read(connection)
                if request is None:
                    return
                with self.lock:
                    self.requests.append(request)
                    behaviour = self.behaviours[0] if len(self.behaviours) == 1 else self.behaviours.pop(0)
                out = behaviour(connection, request)
                if out:
                    connection.sendall(out)
                elif out is None:
                    return
        except (OSError, ssl.SSLError) as fault:
            self.failures.append(str(fault))
        finally:
            connection.close()

    @staticmethod
    def read(connection, data=b""):
        while LINE + LINE not in data:
            more = connection.recv(65536)
            if not more:
                return None
            data += more
        head, _, body = data.partition(LINE + LINE)
        length = 0
        for line in head.split(LINE)[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(body) < length:
            more = connection.recv(65536)
            if not more:
                return None
            body += more
        return Request(head, body)

    def copies(self):
        """How often each event arrived whole."""
        seen = {}
        for request in self.requests:
            for event in request.events:
                seen[event["event_id"]] = seen.get(event["event_id"], 0) + 1
        return seen

    def stop(self):
        self.stopped.set()
        self.listener.close()


def reset(connection, _request=None):
    """Ends a connection with RST."""
    raw = connection.fileno()
    linger = struct.pack("ii", 1, 0)
    with socket.socket(fileno=socket.dup(raw)) as same:
        same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    connection.close()
