#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Runs work on an operating-system thread of its own.
enum DetachedThread {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Gives others a millisecond.
    static func pause() { usleep(1000) }

    /// False when the system gives no thread.
    static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let work = Unmanaged.passRetained(Work(body))
        // Allocated, as the initialiser of this C struct belongs to whichever module map named its header first.
        let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
        pthread_attr_init(attributes)
        pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer {
            pthread_attr_destroy(attributes)
            attributes.deallocate()
        }
        #if canImport(Darwin)
            var thread: pthread_t?
            let result = pthread_create(
                &thread, attributes,
                {
                    Unmanaged<Work>.fromOpaque($0).takeRetainedValue().body(); return nil
                }, work.toOpaque())
        #else
            var thread = pthread_t()
            let result = pthread_create(
                &thread, attributes,
                {
                    Unmanaged<Work>.fromOpaque($0!).takeRetainedValue().body(); return nil
                }, work.toOpaque())
        #endif
        if result != 0 { work.release() }
        return result == 0
    }
}
