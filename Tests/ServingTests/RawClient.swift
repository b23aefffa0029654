import Glibc

/// A client of bytes: what real ones would never send can be sent with it.
///
/// It never blocks a thread: tests share few of them with the server.
final class RawClient: @unchecked Sendable {
    private(set) var descriptor: CInt

    /// Connects to a port of the loopback address.
    init(port: Int, receiveBuffer: CInt? = nil) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure(errno: errno) }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { close() }

    struct Failure: Error { let errno: CInt }

    /// An answer as it came.
    struct Answer {
        var status: Int
        var headers: [(name: String, value: String)]
        var body: [UInt8]

        subscript(name: String) -> String? { headers.last { $0.name == name }?.value }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// A call that takes longer than this has failed.
    private static let patience = Duration.seconds(20)

    /// Sends text.
    @discardableResult
    func send(_ text: String) async -> Bool { await send(Array(text.utf8)) }

    /// Sends bytes; false if the other side does not take them.
    @discardableResult
    func send(_ bytes: [UInt8]) async -> Bool {
        let end = ContinuousClock.now + Self.patience
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + done, bytes.count - done, CInt(MSG_NOSIGNAL))
            }
            if count > 0 {
                done += count
            } else {
                guard errno == EAGAIN, .now < end else { return false }
                try? await Task.sleep(for: .milliseconds(1))
            }
        }
        return true
    }

    /// Says that nothing more will be sent.
    func finishSending() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Closes at once.
    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    private var buffered: [UInt8] = []

    /// Bytes that were received and not used.
    func takeBuffered() -> [UInt8] {
        defer { buffered = [] }
        return buffered
    }

    /// Keeps bytes for the next look.
    func giveBack(_ bytes: [UInt8]) { buffered = bytes }

    /// Some more bytes; empty at the end, nil on an error or when nothing came for long.
    func receive() async -> [UInt8]? {
        let end = ContinuousClock.now + Self.patience
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count >= 0 { return Array(chunk[..<count]) }
            error = errno
            guard error == EAGAIN, .now < end else { return nil }
            try? await Task.sleep(for: .milliseconds(1))
        }
    }

    /// The last error of ``receive()``.
    private(set) var error: CInt = 0

    /// Everything until the other side closes; nil if it did not do so in order.
    func receiveAll() async -> [UInt8]? {
        var all = buffered
        buffered = []
        while let more = await receive() {
            if more.isEmpty { return all }
            all += more
        }
        return nil
    }

    /// Whether the other side has closed, after at most the receive time-out.
    func isClosedByServer() async -> Bool {
        while true {
            guard let bytes = await receive() else { return error == ECONNRESET }
            if bytes.isEmpty { return true }
        }
    }

    /// The next answer on the connection; nil if there is none.
    func answer(toHead: Bool = false) async -> Answer? {
        while true {
            if let end = headEnd {
                let lines = String(decoding: buffered[..<end], as: UTF8.self).split(separator: "\r\n")
                guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
                    return nil
                }
                var answer = Answer(status: status, headers: [], body: [])
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    answer.headers.append(
                        (parts[0].lowercased(), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""))
                }
                buffered.removeFirst(end + 4)
                let length =
                    toHead || status < 200 || status == 204 ? 0 : answer["content-length"].flatMap { Int($0) } ?? 0
                while buffered.count < length {
                    guard let more = await receive(), !more.isEmpty else { return nil }
                    buffered += more
                }
                answer.body = Array(buffered.prefix(length))
                buffered.removeFirst(length)
                return answer
            }
            guard let more = await receive(), !more.isEmpty else { return nil }
            buffered += more
        }
    }

    private var headEnd: Int? {
        let mark = Array("\r\n\r\n".utf8)
        guard buffered.count >= 4 else { return nil }
        return (0...(buffered.count - 4)).first { buffered[$0] == mark[0] && Array(buffered[$0..<($0 + 4)]) == mark }
    }
}

extension RawClient {
    struct NoAnswer: Error {}

    /// Asks for a path and reads the answer.
    func get(_ path: String, _ fields: String = "") async throws -> Answer {
        await send("GET \(path) HTTP/1.1\r\nHost: x\r\n\(fields)\r\n")
        guard let answer = await answer() else { throw NoAnswer() }
        return answer
    }

    /// Sends a body and reads the answer.
    func post(_ path: String, _ body: String, _ fields: String = "") async throws -> Answer {
        try await post(path, Array(body.utf8), fields)
    }

    /// Sends a body and reads the answer.
    func post(_ path: String, _ body: [UInt8], _ fields: String = "") async throws -> Answer {
        await send(
            Array("POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.count)\r\n\(fields)\r\n".utf8) + body)
        guard let answer = await answer() else { throw NoAnswer() }
        return answer
    }
}
