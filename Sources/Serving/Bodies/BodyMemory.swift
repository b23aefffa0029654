import Synchronization

/// Bytes of bodies that are held at this moment, over all connections: as sent while they arrive, and decompressed.
final class BodyMemory: Sendable {
    /// The count.
    let bytes = Atomic<Int>(0)
}
