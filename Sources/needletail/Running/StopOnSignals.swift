import Training

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Interrupt and termination as a wish to come to a good end; a second one ends the process at once.
enum StopOnSignals {
    private static let stop = StopSignal()
    /// Written before the handlers are there, and never again.
    nonisolated(unsafe) private static var message: UnsafeMutableBufferPointer<CChar>?

    /// Sets both signals up.
    ///
    /// - Parameter meaning: what happens then, for standard error.
    /// - Returns: what is set when one of them comes.
    static func install(_ meaning: String) -> StopSignal {
        let text = "\nneedletail: stopping: \(meaning). Once more ends at once.\n"
        message = UnsafeMutableBufferPointer.allocate(capacity: text.utf8.count)
        _ = message?.update(fromContentsOf: text.utf8.map { CChar(bitPattern: $0) })
        let stop = stop
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM] {
            sigaddset(&signals, number)
            signal(number) { number in
                StopOnSignals.note()
                signal(number, SIG_DFL)
            }
        }
        // A parent process may have left them blocked.
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        return stop
    }

    /// In a signal handler: takes no lock and allocates nothing.
    private static func note() {
        stop.request()
        if let message { _ = write(STDERR_FILENO, message.baseAddress, message.count) }
    }
}
