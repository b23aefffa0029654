#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import JSON

// Inside the type below, its own `write` would hide the system's.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}

/// The file `log.jsonl` of a run: a line for each event, appended.
final class RunLogFile {
    private let path: String
    private let descriptor: Int32

    /// Opens the file, or makes it; a last line that a killed run did not write to its end is cut off.
    init(_ path: String) throws(TrainingError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.fault(path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw TrainingError(
                .cannotWrite, "another run writes here", advice: "Wait for its end, or give another output folder",
                path: path)
        }
        var end = lseek(descriptor, 0, SEEK_END)
        var byte: UInt8 = 0
        while end > 0, pread(descriptor, &byte, 1, end - 1) == 1, byte != 0x0A { end -= 1 }
        guard ftruncate(descriptor, end) == 0, lseek(descriptor, end, SEEK_SET) == end else { throw Self.fault(path) }
    }

    deinit { close(descriptor) }

    /// Appends an event.
    func append(_ event: JSONValue) throws(TrainingError) {
        let line = event.serializedBytes() + [0x0A]
        let isWritten = line.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = systemWrite(descriptor, rest)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return false }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return true
        }
        guard isWritten else { throw Self.fault(path) }
    }

    private static func fault(_ path: String) -> TrainingError {
        TrainingError(
            .cannotWrite, "the log cannot be written: \(String(cString: strerror(errno)))",
            advice: "Free space on the disk and resume the run", path: path)
    }
}
