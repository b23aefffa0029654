import Synchronization

/// One of the places where documents are gathered; a thread holds it while it adds one.
final class WriterSlot: Sendable {
    struct Contents: @unchecked Sendable {
        var buffer = DocumentBuffer()
        var sinceMeasured = 0
    }

    let buffer = Mutex(Contents())
}
