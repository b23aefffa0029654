#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A mutex with two conditions: "there is work" and "something ended".
final class ConditionLock: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let work = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let end = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
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

    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }
    func waitForWork() { pthread_cond_wait(work, mutex) }
    func waitForEnd() { pthread_cond_wait(end, mutex) }
    func wakeWorkers() { pthread_cond_broadcast(work) }
    func signalEnd() { pthread_cond_broadcast(end) }
}
