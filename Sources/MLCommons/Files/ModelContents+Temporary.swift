#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension ModelContents {
    /// Removes a file that was fetched for one registration, whose bytes have a name of their own by now.
    static func discard(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
