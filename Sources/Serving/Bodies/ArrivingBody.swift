internal import Routing
import Synchronization

/// A body between socket and handler: what has arrived and was not read yet.
///
/// The connection asks ``hasRoom`` before it reads on, so at most one read more than ``capacity`` is held.
final class ArrivingBody: Sendable {
    private struct State {
        var parts: [[UInt8]] = []
        var first = 0
        var bytes = 0
        var end: Result<Void, any Error>?
        var reader: CheckedContinuation<[UInt8]?, any Error>?
    }

    /// Bytes that may wait.
    static let capacity = 1 << 20

    private let state = Mutex(State())
    private let inflater: Mutex<InflateStream?>
    private let onRoom: @Sendable () -> Void

    /// A body of which nothing has come.
    ///
    /// - Parameters:
    ///   - coding: how it is compressed.
    ///   - onRoom: called, on any thread, when ``hasRoom`` becomes true.
    init(_ coding: Inflater.Coding?, onRoom: @escaping @Sendable () -> Void) {
        inflater = Mutex(coding.flatMap { try? InflateStream($0) })
        self.onRoom = onRoom
    }

    /// Whether more should be read from the socket.
    var hasRoom: Bool { state.withLock { $0.bytes < Self.capacity } }

    /// Takes a part from the socket.
    func append(_ part: [UInt8]) {
        guard !part.isEmpty else { return }
        let reader = state.withLock { state -> CheckedContinuation<[UInt8]?, any Error>? in
            guard state.end == nil else { return nil }
            if let reader = state.reader {
                state.reader = nil
                return reader
            }
            state.parts.append(part)
            state.bytes += part.count
            return nil
        }
        reader?.resume(returning: part)
    }

    /// Ends the body, with the reason if it is not whole.
    func finish(_ reason: (any Error)? = nil) {
        let reader = state.withLock { state -> CheckedContinuation<[UInt8]?, any Error>? in
            guard state.end == nil else { return nil }
            state.end = reason.map { .failure($0) } ?? .success(())
            if reason != nil {
                state.parts = []
                state.first = 0
                state.bytes = 0
            }
            defer { state.reader = nil }
            return state.reader
        }
        guard let reader else { return }
        if let reason { reader.resume(throwing: reason) } else { reader.resume(returning: nil) }
    }

    /// The stream that the handler reads.
    var stream: BodyStream { BodyStream { [self] in try await next() } }

    private func next() async throws -> [UInt8]? {
        let isCompressed = inflater.withLock { $0 != nil }
        guard isCompressed else { return try await nextArrived() }
        while true {
            let output = inflater.withLock { inflater in try? inflater?.output() ?? [] }
            guard let output else { throw Self.broken }
            if !output.isEmpty { return output }
            guard let part = try await nextArrived() else {
                guard inflater.withLock({ $0?.isComplete ?? true }) else { throw Self.broken }
                return nil
            }
            inflater.withLock { $0?.append(part) }
        }
    }

    private static let broken = APIFault(
        .badContentEncoding, "the body is not what its Content-Encoding says, or it is cut off")

    private func nextArrived() async throws -> [UInt8]? {
        var madeRoom = false
        let part: [UInt8]? = try await withCheckedThrowingContinuation { continuation in
            let ready = state.withLock { state -> Result<[UInt8]?, any Error>? in
                if state.first < state.parts.count {
                    let part = state.parts[state.first]
                    state.parts[state.first] = []
                    state.first += 1
                    if state.first == state.parts.count {
                        state.parts.removeAll(keepingCapacity: true)
                        state.first = 0
                    }
                    madeRoom = state.bytes >= Self.capacity && state.bytes - part.count < Self.capacity
                    state.bytes -= part.count
                    return .success(part)
                }
                if let end = state.end { return end.map { nil } }
                state.reader = continuation
                return nil
            }
            if let ready { continuation.resume(with: ready) }
        }
        if madeRoom { onRoom() }
        return part
    }
}
