#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One operating-system thread.
final class ThreadHandle: @unchecked Sendable {
    private let thread: pthread_t

    /// Starts a thread that runs `body`.
    init(_ body: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(Start(body))
        #if canImport(Darwin)
            var handle: pthread_t?
            let status = pthread_create(&handle, nil, ThreadHandle.entry, start.toOpaque())
        #else
            var handle = pthread_t()
            let status = pthread_create(
                &handle, nil, { argument in ThreadHandle.begin(argument) }, start.toOpaque())
        #endif
        precondition(status == 0, "the system refused to start a compute thread (error \(status))")
        #if canImport(Darwin)
            thread = handle!
        #else
            thread = handle
        #endif
    }

    /// Waits for the end of the thread.
    func join() {
        pthread_join(thread, nil)
    }

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
