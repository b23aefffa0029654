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

/// What the machine, or the container, has left for models.
public struct NodeResources: Sendable {
    /// Memory in bytes.
    public struct Memory: Sendable, Hashable {
        /// All that the process may use.
        public var total: Int
        /// What can be had without taking it from somebody else.
        public var available: Int

        /// An amount of memory.
        public init(total: Int, available: Int) {
            self.total = total
            self.available = available
        }
    }

    /// The memory; nil where the system does not tell.
    public var memory: @Sendable () -> Memory?
    /// The free bytes of the disk that a folder is on; nil where the system does not tell.
    public var freeBytes: @Sendable (_ folder: String) -> Int?

    /// Resources.
    public init(
        memory: @escaping @Sendable () -> Memory?, freeBytes: @escaping @Sendable (_ folder: String) -> Int?
    ) {
        self.memory = memory
        self.freeBytes = freeBytes
    }

    /// Those of this process: `/proc/meminfo`, narrowed by the limit of its control group; `statvfs` for disks.
    public static let system = NodeResources(
        memory: {
            guard var memory = machineMemory() else { return nil }
            if let limit = number("/sys/fs/cgroup/memory.max"), let used = number("/sys/fs/cgroup/memory.current"),
                limit < memory.total
            {
                // Pages of files can be given back.
                let pages = field("inactive_file", in: "/sys/fs/cgroup/memory.stat", unit: 1) ?? 0
                memory.available = min(memory.available, max(0, limit - used + pages))
                memory.total = limit
            }
            return memory
        },
        freeBytes: { folder in
            var status = statvfs()
            guard statvfs(folder, &status) == 0 else { return nil }
            return Int(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
        })

    private static func machineMemory() -> Memory? {
        guard let total = field("MemTotal:", in: "/proc/meminfo", unit: 1024),
            let available = field("MemAvailable:", in: "/proc/meminfo", unit: 1024)
        else { return nil }
        return Memory(total: total, available: available)
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func number(_ path: String) -> Int? {
        text(path).flatMap { Int($0.prefix { $0.isNumber }) }
    }

    private static func field(_ name: String, in path: String, unit: Int) -> Int? {
        guard let line = text(path)?.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else { return nil }
        return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * unit }
    }
}
