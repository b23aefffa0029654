#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A lock with one condition: threads sleep until another one tells that something has changed.
///
/// `Synchronization.Mutex` has no condition; this one is for threads that may sleep.
package final class ConditionLock: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// An open lock.
    package init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // Sleeping for a time does not depend on a clock that somebody sets.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Takes the lock.
    package func lock() { pthread_mutex_lock(mutex) }

    /// Gives it back.
    package func unlock() { pthread_mutex_unlock(mutex) }

    /// Sleeps, with the lock given back meanwhile, until ``broadcast()``; or for no reason, so look again.
    package func wait() { pthread_cond_wait(changed, mutex) }

    /// Sleeps until ``broadcast()``, but at most for a time in nanoseconds.
    package func wait(nanoseconds: Int64) {
        var until = timespec()
        clock_gettime(CLOCK_MONOTONIC, &until)
        let sum = Int64(until.tv_nsec) + nanoseconds % 1_000_000_000
        until.tv_sec += Int(nanoseconds / 1_000_000_000 + sum / 1_000_000_000)
        until.tv_nsec = Int(sum % 1_000_000_000)
        pthread_cond_timedwait(changed, mutex, &until)
    }

    /// Wakes all that sleep.
    package func broadcast() { pthread_cond_broadcast(changed) }

    /// Runs `body` with the lock taken.
    package func with<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        lock()
        defer { unlock() }
        return try body()
    }
}
