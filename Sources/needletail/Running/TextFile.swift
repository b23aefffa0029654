#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension String {
    /// Writes the text as UTF-8, replacing the file only when all of it is written.
    func writeFile(_ path: String) throws {
        try Data(utf8).write(to: URL(filePath: path), options: .atomic)
    }
}
