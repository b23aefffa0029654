#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the system knows of this process and its machine.
enum ProcessFacts {
    /// The process's id.
    static var id: Int { Int(getpid()) }

    /// Bytes of memory in use; 0 where the system does not tell.
    static var residentBytes: Int {
        let pages = fields("/proc/self/statm").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Bytes of memory of the machine, and how many of them are available; zeros where the system does not tell.
    static var memory: (total: Int, available: Int) {
        let words = fields("/proc/meminfo")
        func kilobytes(_ name: String) -> Int {
            words.firstIndex { $0 == name }.flatMap {
                words.index($0, offsetBy: 1) < words.endIndex ? Int(words[$0 + 1]) : nil
            } ?? 0
        }
        return (kilobytes("MemTotal:") << 10, kilobytes("MemAvailable:") << 10)
    }

    /// The machine's load over 1, 5 and 15 minutes; empty where the system does not tell.
    static var load: [Double] { fields("/proc/loadavg").prefix(3).compactMap { Double($0) } }

    /// Bytes of the file system that holds a path: all, and those that are free.
    static func disk(_ path: String) -> (total: Int, free: Int) {
        let attributes = (try? FileManager.default.attributesOfFileSystem(forPath: path)) ?? [:]
        return (number(attributes[.systemSize]), number(attributes[.systemFreeSize]))
    }

    private static func number(_ value: Any?) -> Int {
        switch value {
        case let value as Int: value
        case let value as UInt64: Int(clamping: value)
        case let value as Int64: Int(value)
        case let value as UInt: Int(clamping: value)
        default: 0
        }
    }

    private static func fields(_ path: String) -> [Substring] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: data, as: UTF8.self).split { $0 == " " || $0 == "\n" }
    }
}
