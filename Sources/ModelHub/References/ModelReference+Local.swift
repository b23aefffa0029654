#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

extension ModelReference {
    /// Whether the file system has something at a path.
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
