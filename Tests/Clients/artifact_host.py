"""A host of models in OpenSearch's layout, which can be made to fail in the ways that hosts fail.

    with ArtifactHost(folder) as host: ...  # host.url

Files come from the folder. Below /faults/KIND/ the same files come spoilt: `short` announces more bytes than it sends, `long`
sends more than config.json announces, `slow` sends a little every second, `silent` never answers, `broken` answers 500.
"""
import functools
import http.server
import pathlib
import threading
import time


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        self.server.requests.append(self.path)
        parts = self.path.split("/", 3)
        if len(parts) < 4 or parts[1] != "faults":
            return super().do_GET()
        kind, path = parts[2], pathlib.Path(self.directory) / parts[3]
        if kind == "silent":
            self.server.stopping.wait(120)
            self.close_connection = True
            return None
        if kind == "broken":
            return self.send_error(500)
        if not path.is_file():
            return self.send_error(404)
        data = path.read_bytes()
        if not path.name.endswith(".zip"):
            kind = "as it is"
        if kind == "long":
            data += b"\0" * 4096
        self.send_response(200)
        self.send_header("Content-Length", str(len(data) + (4096 if kind == "short" else 0)))
        self.end_headers()
        if self.command == "HEAD":
            return None
        if kind == "slow":
            for start in range(0, len(data), 1024):
                self.wfile.write(data[start:start + 1024])
                self.wfile.flush()
                if self.server.stopping.wait(0.02):
                    break
        else:
            self.wfile.write(data)
        if kind in ("short", "slow"):
            self.close_connection = True
        return None

    do_HEAD = do_GET


class ArtifactHost:
    def __init__(self, folder):
        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None
        self.server.requests = []
        self.server.stopping = threading.Event()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.requests = self.server.requests

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.stopping.set()
        self.server.shutdown()
        self.server.server_close()


if __name__ == "__main__":
    import sys
    with ArtifactHost(sys.argv[1]) as host:
        print(host.url, flush=True)
        while True:
            time.sleep(60)
