/// What a piece of work is given: the scratch memory of the thread that runs it.
public final class Worker: Sendable {
    /// Scratch memory, for this piece of work alone while it runs.
    public let workspace: Workspace

    /// Makes a worker outside of a pool, for tests and single-threaded callers.
    public init(kernels: Kernels = .active) {
        workspace = Workspace(kernels: kernels)
    }
}
