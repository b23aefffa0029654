#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One operating-system thread.
package final class ThreadHandle: @unchecked Sendable {
    private let thread: pthread_t

    /// Starts a thread that runs `body`; nil if the system refuses (a limit on threads or memory).
    package init?(_ body: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(Start(body))
        #if canImport(Darwin)
            var handle: pthread_t?
            let status = pthread_create(&handle, nil, ThreadHandle.entry, start.toOpaque())
        #else
            var handle = pthread_t()
            let status = pthread_create(
                &handle, nil, { argument in ThreadHandle.begin(argument) }, start.toOpaque())
        #endif
        guard status == 0 else {
            start.release()
            return nil
        }
        #if canImport(Darwin)
            thread = handle!
        #else
            thread = handle
        #endif
    }

    /// Waits for the end of the thread; the thread itself, which cannot wait for its own end, is let go.
    package func join() {
        if pthread_equal(thread, pthread_self()) != 0 {
            pthread_detach(thread)
        } else {
            pthread_join(thread, nil)
        }
    }

    /// Lets the thread go: nobody will wait for its end.
    package func detach() { pthread_detach(thread) }

    private final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    #if canImport(Darwin)
        private static let entry: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = { begin($0) }
    #endif

    private static func begin(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { return nil }
        Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
        return nil
    }
}
