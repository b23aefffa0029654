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

/// What the system grants this process.
struct Machine {
    /// Cores that are switched on.
    let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    /// Cores' worth of time that the control group grants; nil for no limit.
    let coreQuota: Double?
    /// Bytes of memory.
    let memory: Int?
    /// Bytes of memory that can be had without swapping, within the control group's limit.
    let availableMemory: Int?
    /// The control group's limit in bytes; nil for none.
    let memoryLimit: Int?
    /// Files and sockets that may be open: as it is, and as far as a process may raise it.
    let openFiles: (soft: Int, hard: Int)
    /// `always`, `madvise` or `never`; nil if the system does not say.
    let hugePages: String?

    init() {
        let quota = Self.words("/sys/fs/cgroup/cpu.max")
        coreQuota =
            quota.count == 2
            ? Double(quota[0]).flatMap { allowed in Double(quota[1]).map { allowed / max(1, $0) } } : nil
        let info = Self.memoryInfo()
        memory = info["MemTotal"]
        memoryLimit = Self.words("/sys/fs/cgroup/memory.max").first.flatMap { Int($0) }
        let used = Self.words("/sys/fs/cgroup/memory.current").first.flatMap { Int($0) } ?? 0
        let left = memoryLimit.map { max(0, $0 - used) }
        availableMemory = [info["MemAvailable"], left].compactMap { $0 }.min()
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        openFiles = (Int(clamping: limit.rlim_cur), Int(clamping: limit.rlim_max))
        hugePages = Self.words("/sys/kernel/mm/transparent_hugepage/enabled").first { $0.hasPrefix("[") }.map {
            String($0.dropFirst().dropLast())
        }
    }

    private static func words(_ path: String) -> [String] {
        guard let bytes = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }.map(String.init)
    }

    /// The lines of `/proc/meminfo`, in bytes.
    private static func memoryInfo() -> [String: Int] {
        guard let bytes = FileManager.default.contents(atPath: "/proc/meminfo") else { return [:] }
        var info: [String: Int] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let parts = line.split { $0 == " " || $0 == ":" }
            if parts.count >= 2, let kilobytes = Int(parts[1]) { info[String(parts[0])] = kilobytes << 10 }
        }
        return info
    }
}
