import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Makes ids for documents that came without one: 20 URL-safe characters.
///
/// 48 bits of milliseconds, 24 bits of a counter, 48 random bits of the process. Ids of one process ascend as bytes, so that they
/// are appended to the table of ids instead of scattered over it; the idea is OpenSearch's `TimeBasedUUIDGenerator`. A clock that
/// goes back does not matter: time is the highest that was seen.
public enum DocumentIdentifier {
    private struct State {
        var milliseconds: UInt64 = 0
        var counter: UInt64 = 0
        let node: UInt64
    }

    private static let state = Mutex(State(node: .random(in: 0..<(1 << 48))))
    /// base64url's characters in the order of their codes.
    private static let alphabet = [UInt8]("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz".utf8)

    /// An id that nobody has.
    public static func next() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let milliseconds = UInt64(max(now.tv_sec, 0)) * 1_000 + UInt64(now.tv_nsec) / 1_000_000
        let (time, counter, node) = state.withLock { state -> (UInt64, UInt64, UInt64) in
            if milliseconds > state.milliseconds {
                state.milliseconds = milliseconds
                state.counter = 0
            } else {
                state.counter += 1
                if state.counter == 1 << 24 {
                    state.milliseconds += 1
                    state.counter = 0
                }
            }
            return (state.milliseconds & 0xFFFF_FFFF_FFFF, state.counter, state.node)
        }
        // 120 bits, six at a time: the upper 72 are time and counter, the lower 48 the process.
        let upper = time &<< 12 | counter &>> 12
        let lower = (counter & 0xFFF) &<< 48 | node
        return String(unsafeUninitializedCapacity: 20) { text in
            for place in 0..<10 {
                text[place] = alphabet[Int(upper &>> UInt64(54 - 6 * place) & 63)]
                text[place + 10] = alphabet[Int(lower &>> UInt64(54 - 6 * place) & 63)]
            }
            return 20
        }
    }
}
