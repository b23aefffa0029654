import CKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The CPUs that this process may use.
enum AvailableProcessors {
    /// The scheduler's mask, limited by the control group's quota (containers); at least 1.
    static let count: Int = {
        var count = max(1, Int(ck_affinity_cpus()))
        #if os(Linux)
            if let quota = controlGroupQuota() { count = min(count, max(1, quota)) }
        #endif
        return count
    }()

    #if os(Linux)
        /// CPUs granted by `cpu.max` ("quota period" in microseconds), rounded up; nil for no limit.
        private static func controlGroupQuota() -> Int? {
            guard let file = fopen("/sys/fs/cgroup/cpu.max", "r") else { return nil }
            defer { fclose(file) }
            var line = [CChar](repeating: 0, count: 64)
            guard fgets(&line, Int32(line.count), file) != nil else { return nil }
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let parts = text.split { $0 == " " || $0 == "\n" }
            guard parts.count == 2, let quota = Int(parts[0]), let period = Int(parts[1]), quota > 0, period > 0
            else { return nil }
            return (quota - 1) / period + 1
        }
    #endif
}
