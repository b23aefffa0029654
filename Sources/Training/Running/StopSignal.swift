import Synchronization

/// A wish to end a run: set from another thread or a signal handler, it saves a checkpoint behind the step at hand.
public final class StopSignal: Sendable {
    private let flag = Atomic<Bool>(false)

    /// A signal that is not set.
    public init() {}

    /// Asks the run to end.
    ///
    /// Takes no lock and allocates nothing: fit for signal handlers.
    public func request() { flag.store(true, ordering: .relaxed) }

    /// Whether the run was asked to end.
    public var isRequested: Bool { flag.load(ordering: .relaxed) }
}
