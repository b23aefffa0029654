#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where the first password waits for somebody who starts the server without a terminal.
enum InitialPasswordFile {
    /// Writes a password where only the owner of the process reads it; the file's path comes back.
    static func write(_ password: String, in folder: String) throws(CommandFailure) -> String {
        let path = folder + "/initial_admin_password"
        unlink(path)
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure(path) }
        defer { close(file) }
        let bytes = Array((password + "\n").utf8)
        guard fchmod(file, 0o600) == 0, pwrite(file, bytes, bytes.count, 0) == bytes.count, fsync(file) == 0 else {
            throw failure(path)
        }
        return path
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure(
            .cannotWrite,
            "\(path) cannot be written (system error \(errno)); 'needletail users reset-password' gives the user admin another password."
        )
    }
}
