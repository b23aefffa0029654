#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The write-ahead log beside a database (`-wal`), looked at before SQLite opens it.
///
/// SQLite takes a log up to the first frame whose checksum is wrong and forgets the rest without a word: right after a loss of power, which
/// leaves the end of the log half written, and wrong when bits have changed in the middle, as transactions that were synchronised
/// then vanish. The two differ in what comes behind: at most one transaction was not synchronised yet.
///
/// Format: <https://www.sqlite.org/fileformat2.html#walformat>.
public enum WriteAheadLog {
    /// Damage in the middle of a log.
    public struct Damage: Sendable, Hashable {
        /// Bytes from the beginning of the log that are whole.
        public let wholeBytes: Int
        /// At least so many transactions behind them cannot be read.
        public let lostTransactions: Int
    }

    /// Reads the log of a database whose every commit was synchronised (`synchronous = FULL`).
    ///
    /// Reads the log once; nothing when there is none, as after closing.
    ///
    /// - Returns: The damage that has cost transactions; `nil` if all is as a crash may have left it.
    public static func damage(ofDatabase path: String) -> Damage? {
        let file = open(path + "-wal", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var header = [UInt8](repeating: 0, count: 32)
        guard read(file, &header, 0) else { return nil }
        let magic = word(header, 0)
        let pageSize = Int(word(header, 8))
        guard magic & ~1 == 0x377F_0682, pageSize >= 512, pageSize <= 65_536, pageSize & (pageSize - 1) == 0 else {
            // Headers are synchronised before the first frame is written.
            return Damage(wholeBytes: 0, lostTransactions: 1)
        }
        var sum = Checksum(isBigEndian: magic & 1 == 1)
        sum.add(header[..<24])
        guard sum.first == word(header, 24), sum.second == word(header, 28) else {
            return Damage(wholeBytes: 0, lostTransactions: 1)
        }
        let salts = header[16..<24]
        var frame = [UInt8](repeating: 0, count: 24 + pageSize)
        var offset = 32
        // Up to the first frame that is not whole.
        while read(file, &frame, offset), frame[8..<16] == salts {
            sum.add(frame[..<8])
            sum.add(frame[24...])
            guard sum.first == word(frame, 16), sum.second == word(frame, 20) else { break }
            offset += frame.count
        }
        // The ends of transactions behind it, of the same generation of the log.
        var commits = 0
        var at = offset
        var head = [UInt8](repeating: 0, count: 24)
        while read(file, &head, at) {
            if head[8..<16] == salts, word(head, 4) != 0 { commits += 1 }
            at += frame.count
        }
        return commits > 1 ? Damage(wholeBytes: offset, lostTransactions: commits - 1) : nil
    }

    /// SQLite's checksum of logs: two sums over pairs of words.
    private struct Checksum {
        let isBigEndian: Bool
        var first: UInt32 = 0
        var second: UInt32 = 0

        init(isBigEndian: Bool) { self.isBigEndian = isBigEndian }

        /// Takes in a multiple of eight bytes.
        mutating func add(_ bytes: ArraySlice<UInt8>) {
            bytes.withUnsafeBytes { bytes in
                var at = 0
                while at < bytes.count {
                    let left = bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)
                    let right = bytes.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self)
                    first &+= (isBigEndian ? UInt32(bigEndian: left) : UInt32(littleEndian: left)) &+ second
                    second &+= (isBigEndian ? UInt32(bigEndian: right) : UInt32(littleEndian: right)) &+ first
                    at += 8
                }
            }
        }
    }

    private static func word(_ bytes: [UInt8], _ at: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 << 8 | UInt32(bytes[at + $1]) }
    }

    /// Fills a buffer from a place in the file; false if the file ends before.
    private static func read(_ file: Int32, _ bytes: inout [UInt8], _ offset: Int) -> Bool {
        pread(file, &bytes, bytes.count, offset) == bytes.count
    }
}

extension WriteAheadLog.Damage {
    /// The error for a database whose log is damaged, naming the log.
    public func error(ofDatabase path: String) -> SQLiteError {
        SQLiteError(
            code: .corrupt,
            message:
                "the log is damaged behind its first \(wholeBytes) bytes and has lost at least \(lostTransactions) "
                + "transactions; without a backup, cutting it to that size (truncate -s \(wholeBytes)) goes on with what is before",
            statement: nil, path: path + "-wal")
    }
}
