#if canImport(Glibc)
    internal import Glibc
#endif
internal import NIOPosix
import Synchronization

/// Takes log lines and writes them to a descriptor from a thread of its own.
///
/// Whoever logs only appends to a buffer, so a terminal or a pipe that is stuck does not stop the server. If the buffer is full, lines
/// are dropped and counted; the next line that gets through says how many.
public final class LogSink: Sendable {
    private struct State {
        var buffer: [UInt8] = []
        var isWriting = false
        var dropped = 0
    }

    /// Standard error.
    public static let standardError = LogSink(descriptor: 2)

    /// Bytes that wait at most.
    private static let capacity = 4 << 20

    private let descriptor: CInt
    private let state = Mutex(State())
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let droppedTotal = Atomic<Int>(0)

    /// A sink for an open descriptor, which it does not close.
    public init(descriptor: CInt) {
        self.descriptor = descriptor
        thread.start()
    }

    /// Lines dropped so far.
    public var droppedLines: Int { droppedTotal.load(ordering: .relaxed) }

    /// Takes a line with its newline.
    func write(_ line: [UInt8]) {
        let starts = state.withLock { state in
            guard state.buffer.count + line.count <= Self.capacity else {
                state.dropped += 1
                droppedTotal.add(1, ordering: .relaxed)
                return false
            }
            if state.dropped > 0 {
                state.buffer += Array("(\(state.dropped) log lines were dropped here)\n".utf8)
                state.dropped = 0
            }
            state.buffer += line
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if starts { thread.submit { _ in self.drain() } }
    }

    /// Waits until what was logged is written, for at most some time; for the end of a program.
    public func flush(within limit: Duration = .seconds(1)) {
        let end = ContinuousClock.now + limit
        while state.withLock({ $0.isWriting }), ContinuousClock.now < end { usleep(1000) }
    }

    private func drain() {
        while true {
            let bytes = state.withLock { state in
                let bytes = state.buffer
                state.buffer = []
                if bytes.isEmpty { state.isWriting = false }
                return bytes
            }
            if bytes.isEmpty { return }
            writeAll(bytes)
        }
    }

    private func writeAll(_ bytes: [UInt8]) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, bytes.count - done) }
            if count > 0 { done += count } else if errno == EAGAIN { usleep(1000) } else if errno != EINTR { return }
        }
    }
}
