internal import NIOCore
import Synchronization

/// The connections that are open.
final class ConnectionList: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var accepted = 0
    }

    private let state = Mutex(State())

    /// Adds one.
    func insert(_ channel: any Channel) {
        state.withLock {
            $0.channels[ObjectIdentifier(channel)] = channel
            $0.accepted += 1
        }
    }

    /// Takes one out.
    func remove(_ channel: any Channel) {
        state.withLock { _ = $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// How many are open.
    var count: Int { state.withLock { $0.channels.count } }

    /// How many were ever accepted.
    var accepted: Int { state.withLock { $0.accepted } }

    /// All of them.
    var all: [any Channel] { state.withLock { Array($0.channels.values) } }

    /// Tells all of them.
    func fire(_ event: some Sendable) { for channel in all { channel.pipeline.fireUserInboundEventTriggered(event) } }

    /// Closes all of them, whatever they do.
    func close() { for channel in all { channel.close(promise: nil) } }

    /// Waits until none is open, at most for some time.
    func drained(within limit: Duration) async {
        let end = ContinuousClock.now + limit
        while count > 0, .now < end, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(10)) }
    }
}
