#!/usr/bin/env python3
"""Opens many connections to a running server and leaves them idle, while one connection asks on.

    scripts/hold_connections.py PORT [COUNT]

Prints how many of COUNT (10,000) were opened, and the times of 200 requests to /livez before, beside them, and after. Needs a limit
of open files above COUNT on both sides: `ulimit -n 20000`.
"""

import http.client
import resource
import socket
import sys
import time

HOST = "127.0.0.1"


def times(port: int, label: str) -> None:
    """Asks 200 times over one connection and prints median and 99th percentile."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    taken = []
    for _ in range(200):
        start = time.perf_counter()
        connection.request("GET", "/livez")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    print(f"{label:>8}: p50 {taken[100]:.2f} ms, p99 {taken[198]:.2f} ms")


def main() -> None:
    port = int(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    times(port, "before")
    held = []
    start = time.perf_counter()
    for index in range(count):
        held.append(socket.create_connection((HOST, port), timeout=30))
        if index % 3 == 1:
            held[-1].sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
    print(f"{len(held)} connections in {time.perf_counter() - start:.1f} s; a third of them asked once")
    times(port, "beside")
    for connection in held:
        connection.close()
    time.sleep(0.5)
    times(port, "after")


if __name__ == "__main__":
    main()
