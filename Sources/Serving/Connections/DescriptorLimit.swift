#if canImport(Glibc)
    internal import Glibc
#endif

/// How many files and sockets the process may have open.
enum DescriptorLimit {
    /// The limit in force.
    static var current: Int { Int(clamping: limits.rlim_cur) }

    /// Raises the soft limit to the hard one: a connection is a descriptor, and the usual soft limit of 1,024 is for `select`, which
    /// nothing here calls.
    static func raise() {
        var limits = limits
        guard limits.rlim_cur < limits.rlim_max else { return }
        limits.rlim_cur = limits.rlim_max
        _ = setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limits)
    }

    private static var limits: rlimit {
        var limits = rlimit()
        _ = getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limits)
        return limits
    }
}
