#if canImport(Glibc)
    internal import Glibc
#endif
internal import Telemetry

/// What the Prometheus client libraries tell of a process, read from `/proc` when asked.
enum ProcessMetrics {
    static let cpuSeconds = MetricDefinition(
        "process_cpu_seconds_total", .counter, unit: "seconds", help: "Processor time, user and system.")
    static let residentBytes = MetricDefinition(
        "process_resident_memory_bytes", .gauge, unit: "bytes", help: "Memory in RAM.")
    static let virtualBytes = MetricDefinition(
        "process_virtual_memory_bytes", .gauge, unit: "bytes", help: "Mapped memory.")
    static let openDescriptors = MetricDefinition(
        "process_open_fds", .gauge, unit: "descriptors", help: "Open file descriptors.")
    static let maximumDescriptors = MetricDefinition(
        "process_max_fds", .gauge, unit: "descriptors", help: "The limit of open file descriptors.")
    static let startTime = MetricDefinition(
        "process_start_time_seconds", .gauge, unit: "seconds", help: "When the process began, since 1970.")
    static let buildInfo = MetricDefinition(
        "needletail_build_info", .gauge, unit: "builds", labels: ["version"],
        help: "Always 1; the version is in the label.")

    static let all = [
        cpuSeconds, residentBytes, virtualBytes, openDescriptors, maximumDescriptors, startTime, buildInfo,
    ]

    /// Adds the series to a registry.
    static func register(in registry: MetricRegistry, version: String) {
        registry.collect(cpuSeconds) { one(cpuTime()) }
        registry.collect(residentBytes) { one(memoryPages(1) * Double(sysconf(CInt(_SC_PAGESIZE)))) }
        registry.collect(virtualBytes) { one(memoryPages(0) * Double(sysconf(CInt(_SC_PAGESIZE)))) }
        registry.collect(openDescriptors) { one(Double(descriptorCount())) }
        registry.collect(maximumDescriptors) { one(Double(DescriptorLimit.current)) }
        let start = startSeconds()
        registry.collect(startTime) { one(start) }
        registry.collect(buildInfo) { [(labels: [version], value: 1)] }
    }

    private static func one(_ value: Double) -> [(labels: [String], value: Double)] { [(labels: [], value: value)] }

    private static func cpuTime() -> Double {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
    }

    /// A field of `/proc/self/statm`, in pages.
    private static func memoryPages(_ field: Int) -> Double {
        let fields = text(of: "/proc/self/statm").split(separator: " ")
        return fields.indices.contains(field) ? Double(fields[field]) ?? 0 : 0
    }

    private static func descriptorCount() -> Int {
        guard let folder = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Less `.`, `..` and the folder's own descriptor.
        return max(0, count - 3)
    }

    /// The boot time plus the process's start in clock ticks since (proc(5), field 22 of `stat`).
    private static func startSeconds() -> Double {
        let stat = text(of: "/proc/self/stat")
        guard let name = stat.lastIndex(of: ")") else { return 0 }
        let fields = stat[stat.index(after: name)...].split(separator: " ")
        let boot = text(of: "/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }?.dropFirst(6)
        guard fields.count > 19, let ticks = Double(fields[19]), let boot = boot.flatMap({ Double($0) }) else {
            return 0
        }
        return boot + ticks / Double(sysconf(CInt(_SC_CLK_TCK)))
    }

    private static func text(of path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }
}
