#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Bytes of the files in a folder.
enum FolderSize {
    /// The sum over the files directly in it; 0 without a folder.
    static func bytes(_ path: String) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.reduce(0) { sum, name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path + "/" + name)
            return sum + ((attributes?[.size] as? Int) ?? Int((attributes?[.size] as? UInt64) ?? 0))
        }
    }
}
