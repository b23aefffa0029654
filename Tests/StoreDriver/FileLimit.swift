#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// How large the files of this process may become: what writes beyond has an error, as on a full disk.
enum FileLimit {
    /// Makes writing beyond the limit an error, not the end of the process.
    static func prepare() { signal(SIGXFSZ, SIG_IGN) }

    /// The largest file from now on; `nil`: as large as it likes.
    static func set(_ bytes: UInt?) {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        limit.rlim_cur = bytes.map { rlim_t($0) } ?? limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    }
}
