public import Connectors
import Crypto
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Seals credentials with a key that lies beside what it protects: AES-GCM with 256 bits and a new nonce each time.
///
/// The key is a file of 32 bytes that only its owner may read, made when it is first needed. Whoever copies the database alone learns nothing;
/// whoever copies the whole data folder does.
public final class NodeKey: CredentialCipher {
    private let path: String
    private let key = Mutex<SymmetricKey?>(nil)

    private static let bytes = 32
    /// What sealed texts begin with.
    private static let mark = "v1:"

    /// A key in a file; nothing is read or made before it is needed.
    public init(path: String) { self.path = path }

    /// Makes a text that only this key can open.
    public func seal(_ secret: String) throws -> String {
        let box = try AES.GCM.seal(Data(secret.utf8), using: try loaded(makes: true))
        guard let combined = box.combined else { throw NodeKeyError("a credential could not be sealed") }
        return Self.mark + combined.base64EncodedString()
    }

    /// Opens a text that was sealed with this key.
    public func open(_ sealed: String) throws -> String {
        guard sealed.hasPrefix(Self.mark), let data = Data(base64Encoded: String(sealed.dropFirst(Self.mark.count)))
        else { throw NodeKeyError("what was kept of a credential cannot be read") }
        let opened = try AES.GCM.open(try AES.GCM.SealedBox(combined: data), using: try loaded(makes: false))
        guard let secret = String(data: opened, encoding: .utf8) else {
            throw NodeKeyError("what was kept of a credential is no text")
        }
        return secret
    }

    private func loaded(makes: Bool) throws -> SymmetricKey {
        try key.withLock { key in
            if let key { return key }
            let loaded = try stored() ?? (makes ? make() : nil)
            guard let loaded else { throw NodeKeyError("\(path) is gone") }
            key = loaded
            return loaded
        }
    }

    private func stored() throws -> SymmetricKey? {
        let file = Self.opened(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw NodeKeyError("\(path) cannot be opened: \(Self.reason())")
        }
        defer { close(file) }
        var about = stat()
        guard fstat(file, &about) == 0, about.st_mode & 0o077 == 0 else {
            throw NodeKeyError("\(path) can be read by others; say chmod 600 \(path), and change the credentials")
        }
        var contents = [UInt8](repeating: 0, count: Self.bytes + 1)
        let count = contents.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
        guard count == Self.bytes else {
            throw NodeKeyError(
                "\(path) is no key of \(Self.bytes) bytes; restore it, or remove it and send all credentials again")
        }
        return SymmetricKey(data: contents.prefix(Self.bytes))
    }

    private func make() throws -> SymmetricKey {
        let key = SymmetricKey(size: .bits256)
        let part = path + ".part"
        let file = Self.opened(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw NodeKeyError("\(part) cannot be made: \(Self.reason())") }
        let isWritten = key.withUnsafeBytes { bytes in
            fchmod(file, 0o600) == 0 && write(file, bytes.baseAddress, bytes.count) == bytes.count && fsync(file) == 0
        }
        close(file)
        guard isWritten, rename(part, path) == 0 else {
            throw NodeKeyError("\(path) cannot be written: \(Self.reason())")
        }
        let folder = Self.opened(
            path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/",
            O_RDONLY | O_CLOEXEC, 0)
        if folder >= 0 {
            _ = fsync(folder)
            close(folder)
        }
        return key
    }

    private static func opened(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
        #if canImport(Glibc)
            Glibc.open(path, flags, mode)
        #else
            Musl.open(path, flags, mode)
        #endif
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}

/// Why a key cannot be used.
public struct NodeKeyError: Error, Sendable, CustomStringConvertible {
    /// What is wrong and what to do; no secret.
    public let description: String

    init(_ description: String) { self.description = description }
}
