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

/// A child process that runs `StoreDriver`, or another driver that is built beside the tests.
public final class StoreDriver {
    /// Its process id.
    public let identifier: Int32
    private let output: Int32
    private let input: Int32
    private var rest: [UInt8] = []
    private var isReaped = false

    /// Starts it with arguments.
    public init(_ arguments: [String], program: String = "StoreDriver") throws {
        let path = BuiltProgram.beside(program)
        var toChild: [Int32] = [0, 0]
        var fromChild: [Int32] = [0, 0]
        guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else { throw CocoaError(.fileReadUnknown) }
        for end in toChild + fromChild { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var child: pid_t = 0
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        let status = posix_spawn(&child, path, &actions, nil, &words, environ)
        close(toChild[0])
        close(fromChild[1])
        input = toChild[1]
        output = fromChild[0]
        identifier = child
        guard status == 0 else {
            isReaped = true
            throw CocoaError(.fileNoSuchFile)
        }
    }

    deinit {
        kill()
        close(output)
        close(input)
    }

    /// The next whole line; `nil` when the child has ended.
    public func readLine() -> String? {
        while true {
            if let end = rest.firstIndex(of: 10) {
                defer { rest.removeSubrange(...end) }
                return String(decoding: rest[..<end], as: UTF8.self)
            }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = read(output, &bytes, bytes.count)
            if count <= 0 { return nil }
            rest.append(contentsOf: bytes[..<count])
        }
    }

    /// Hands its lines to `body` for a time, kills it, and hands over what it had written before.
    public func killAfter(milliseconds: Int, _ body: (String) -> Void) {
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        while true {
            let left = (end - .now).components
            if left.seconds < 0 || left.attoseconds <= 0 && left.seconds == 0 { break }
            var waiting = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            let time = Int32(left.seconds * 1_000 + left.attoseconds / 1_000_000_000_000_000) + 1
            if poll(&waiting, 1, time) <= 0 { break }
            guard let line = readLine() else { break }
            body(line)
            while let end = rest.firstIndex(of: 10) {
                body(String(decoding: rest[..<end], as: UTF8.self))
                rest.removeSubrange(...end)
            }
        }
        kill()
        while let line = readLine() { body(line) }
    }

    /// Kills it with SIGKILL, at once.
    public func kill() {
        guard !isReaped else { return }
        Self.send(SIGKILL, to: identifier)
        wait()
    }

    /// The system's `kill`, which the method of that name hides.
    private static func send(_ signal: Int32, to process: Int32) {
        #if canImport(Glibc)
            _ = Glibc.kill(process, signal)
        #else
            _ = Musl.kill(process, signal)
        #endif
    }

    /// Waits for its end.
    ///
    /// - Returns: The exit code; -1 after a signal.
    @discardableResult
    public func wait() -> Int32 {
        guard !isReaped else { return -1 }
        isReaped = true
        var status: Int32 = 0
        waitpid(identifier, &status, 0)
        return status & 0x7f == 0 ? status >> 8 & 0xff : -1
    }
}
