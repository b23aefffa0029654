import ClusterState
import DocumentStore
import Indices
import JSON
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// By how many seconds the time of day is wrong in this process.
let clockShift = Atomic<Int>(0)

/// Stands before the system's function of this name in this program: all libraries ask here.
@_cdecl("clock_gettime")
func shiftedClock(_ clock: clockid_t, _ time: UnsafeMutablePointer<timespec>?) -> CInt {
    typealias Function = @convention(c) (clockid_t, UnsafeMutablePointer<timespec>?) -> CInt
    // RTLD_NEXT
    guard let found = dlsym(UnsafeMutableRawPointer(bitPattern: -1), "clock_gettime") else { return -1 }
    let status = unsafeBitCast(found, to: Function.self)(clock, time)
    if clock == CLOCK_REALTIME { time?.pointee.tv_sec += clockShift.load(ordering: .relaxed) }
    return status
}

/// A node whose clock is set back by a day while it works; says what it sees.
///
///     before MILLISECONDS SEQ_NO ID     time of day, a write, an id that was made
///     after MILLISECONDS SEQ_NO ID      the same after the clock was set back
///     contexts KEPT EXPIRED             whether a long context is still there and a short one is gone
///     refreshed SEQ_NO                  what the refresh by itself has made visible
struct ShiftedClock {
    let folder: String

    func run() throws {
        let node = try NodeIndices(try DataFolder(path: folder))
        let index = try node.create("load", settings: ["index.refresh_interval": "20ms"])
        let kept = try node.contexts.open(.scroll, [index.snapshot], keepAlive: 60_000_000_000)
        let short = try node.contexts.open(.pointInTime, [index.snapshot], keepAlive: 300_000_000)
        try write("before", index)
        clockShift.store(-86_400, ordering: .relaxed)
        try write("after", index)
        usleep(600_000)
        let isKept = (try? node.contexts.use(kept.id)) != nil
        let isExpired = (try? node.contexts.use(short.id)) == nil
        Report.say(["contexts \(isKept) \(isExpired)", "refreshed \(index.statistics.visibleSeqNo)"])
        let made = try node.create("made-later")
        Report.say(["made \(node.metadata.current.indices["made-later"]?.createdAt ?? 0)"])
        _ = made.apply([DocumentOperation(generatingIDFor: [UInt8](#"{"n":1}"#.utf8)[...])])
        node.shutDown()
    }

    private func write(_ word: String, _ index: IndexService) throws {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let operation = DocumentOperation(generatingIDFor: [UInt8](#"{"n":1,"t":"even1"}"#.utf8)[...])
        let outcome = try index.apply([operation])[0].get()
        Report.say(["\(word) \(now.tv_sec * 1_000 + now.tv_nsec / 1_000_000) \(outcome.seqNo) \(operation.id)"])
    }
}
