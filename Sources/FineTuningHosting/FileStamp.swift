#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// By what one sees that a file was written to.
struct FileStamp: Sendable, Hashable {
    let size: Int
    let changed: Date

    /// Looks at a file; nil if there is none.
    init?(_ path: String) {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let size = attributes[.size] as? Int, let changed = attributes[.modificationDate] as? Date
        else { return nil }
        self.size = size
        self.changed = changed
    }
}
