"""Child processes: built things with what building them took, and peers that answer lines."""
import json
import os
import subprocess
import sys
import time


class Peer:
    """A process that answers a line with a line of JSON."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def ask(self, request):
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        sys.exit(f"{' '.join(self.process.args)}: ended at '{request}'")

    def memory(self):
        """Resident bytes: of its own, and of mapped files."""
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as file:
            fields = dict(line.split(":", 1) for line in file)
        return {"own": int(fields["RssAnon"].split()[0]) * 1024, "mapped": int(fields["RssFile"].split()[0]) * 1024}

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def once(path, *command):
    """Runs a command that makes a file or folder, unless it is there; what that took, from `path`.json.

    {"seconds", "cpu_seconds", "most_memory" (bytes), "bytes" (size of the result)} and what the command printed as JSON in its last line.
    """
    report = path + ".json"
    if not os.path.exists(report):
        print("building", path, file=sys.stderr)
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        lines = child.stdout.read().strip().splitlines()
        _, status, used = os.wait4(child.pid, 0)
        if status:
            sys.exit(f"{' '.join(command)}: failed")
        took = {"seconds": time.perf_counter() - start, "cpu_seconds": used.ru_utime + used.ru_stime, "most_memory": used.ru_maxrss * 1024}
        if lines and lines[-1].startswith("{"):
            took.update({"own_" + key: value for key, value in json.loads(lines[-1]).items()})
        took["bytes"] = size(path)
        with open(report, "w", encoding="utf-8") as file:
            json.dump(took, file)
    with open(report, encoding="utf-8") as file:
        return json.load(file)


def size(path):
    """Bytes of a file, or of all files of a folder."""
    if os.path.isdir(path):
        return sum(os.path.getsize(os.path.join(path, name)) for name in os.listdir(path))
    return os.path.getsize(path)
