#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The executable that is tested as users run it.
public enum BuiltProgram {
    /// Its path: beside the test bundle, else the one of the checkout's release build.
    public static let path = beside("needletail")

    /// The path of another executable that is built along.
    public static func beside(_ name: String) -> String {
        var candidates = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }.map { bundle in
            bundle.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        }
        candidates.append(Fixture.repositoryRoot + "/.build/release")
        let found = candidates.map { $0 + "/" + name }.first { FileManager.default.isExecutableFile(atPath: $0) }
        return found ?? candidates[0] + "/" + name
    }
}
