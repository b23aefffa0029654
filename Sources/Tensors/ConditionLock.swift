#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A mutex with two conditions: "there is work" and "something ended".
package final class ConditionLock: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let work = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let end = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    package init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(work, nil)
        pthread_cond_init(end, nil)
    }

    deinit {
        pthread_cond_destroy(end)
        pthread_cond_destroy(work)
        pthread_mutex_destroy(mutex)
        end.deallocate()
        work.deallocate()
        mutex.deallocate()
    }

    package func lock() { pthread_mutex_lock(mutex) }
    package func unlock() { pthread_mutex_unlock(mutex) }
    package func waitForWork() { pthread_cond_wait(work, mutex) }
    package func waitForEnd() { pthread_cond_wait(end, mutex) }
    package func wakeWorkers() { pthread_cond_broadcast(work) }
    package func wakeOneWorker() { pthread_cond_signal(work) }
    package func signalEnd() { pthread_cond_broadcast(end) }
}
