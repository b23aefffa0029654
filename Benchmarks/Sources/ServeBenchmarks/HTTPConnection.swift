import Glibc

/// Why a request got no answer.
struct HTTPFailure: Error, CustomStringConvertible {
    let description: String
}

/// One kept-alive HTTP/1.1 connection over a blocking socket: the cheapest client that there is, so that what is measured is the server.
final class HTTPConnection {
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    /// Connects to a port of this machine.
    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw HTTPFailure(description: "port \(port): \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    /// The bytes of a POST request with a JSON body.
    static func post(_ path: String, _ body: [UInt8]) -> [UInt8] {
        Array(
            "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n"
                .utf8) + body
    }

    /// Sends a request and waits for the whole answer.
    ///
    /// - Returns: status and body.
    func exchange(_ request: [UInt8]) throws -> (status: Int, body: [UInt8]) {
        var sent = 0
        while sent < request.count {
            let count = request[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw HTTPFailure(description: "the connection broke while sending") }
            sent += count
        }
        while true {
            if let head = headEnd() {
                let text = String(decoding: buffer[..<head], as: UTF8.self).lowercased()
                let lines = text.split(separator: "\r\n")
                guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }),
                    let length = lines.first(where: { $0.hasPrefix("content-length:") })?.dropFirst(15)
                        .split(separator: " ").first.flatMap({ Int($0) })
                else { throw HTTPFailure(description: "the answer has no length: \(text.prefix(200))") }
                while buffer.count < head + length { try fill() }
                let body = Array(buffer[head..<(head + length)])
                buffer.removeFirst(head + length)
                return (status, body)
            }
            try fill()
        }
    }

    private func headEnd() -> Int? {
        guard buffer.count >= 4 else { return nil }
        for index in 3..<buffer.count where buffer[index] == 10 && buffer[index - 2] == 10 { return index + 1 }
        return nil
    }

    private func fill() throws {
        let start = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: 65536))
        let count = buffer[start...].withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        buffer.removeLast(65536 - max(0, count))
        guard count > 0 else { throw HTTPFailure(description: "the connection was closed") }
    }
}
