import CKernels

/// An operating-system thread with a worker of its own, for those who hand out work by other rules than ``WorkerPool``.
///
/// Denormal numbers are flushed to zero, as on the threads of a pool: results are the same.
package final class WorkerThread: Sendable {
    private let handle: ThreadHandle

    /// Starts a thread that runs `body` once; nil if the system refuses.
    package init?(kernels: Kernels = .active, _ body: @escaping @Sendable (Worker) -> Void) {
        let handle = ThreadHandle {
            _ = ck_float_mode_enter()
            body(Worker(kernels: kernels))
        }
        guard let handle else { return nil }
        self.handle = handle
    }

    /// Waits for the end of the thread; called on the thread itself, lets it go.
    package func join() { handle.join() }

    /// Tells the CPU that the caller spins.
    package static func spin() { ck_spin_pause() }
}
