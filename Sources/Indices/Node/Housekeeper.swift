import DocumentStore

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A thread of its own that does the same work again and again, ten times a second, until it is stopped.
final class Housekeeper: @unchecked Sendable {
    private final class Shared: @unchecked Sendable {
        let lock = ConditionLock()
        let work: @Sendable () -> Void
        // Under the lock.
        var isStopped = false

        init(_ work: @escaping @Sendable () -> Void) { self.work = work }

        func run() {
            while true {
                lock.lock()
                if !isStopped { lock.wait(nanoseconds: 100_000_000) }
                let isOver = isStopped
                lock.unlock()
                if isOver { return }
                work()
            }
        }
    }

    private let shared: Shared
    private let thread: pthread_t?

    init(_ work: @escaping @Sendable () -> Void) {
        shared = Shared(work)
        var started = pthread_t()
        let argument = Unmanaged.passRetained(shared)
        let status = pthread_create(
            &started, nil,
            { argument in
                Unmanaged<Shared>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            }, argument.toOpaque())
        if status == 0 {
            thread = started
        } else {
            argument.release()
            thread = nil
        }
    }

    /// Ends the thread after the work that it is doing.
    func stop() {
        shared.lock.with {
            shared.isStopped = true
            shared.lock.broadcast()
        }
        guard let thread else { return }
        // The thread itself may be the last that holds its owner.
        if pthread_equal(thread, pthread_self()) != 0 { pthread_detach(thread) } else { pthread_join(thread, nil) }
    }
}
