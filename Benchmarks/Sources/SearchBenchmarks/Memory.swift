import Glibc

/// What the process holds, as Linux counts it.
enum Memory {
    static func now() throws -> [(name: String, bytes: Int)] {
        let lines = try LineFile(path: "/proc/self/status")
        var found: [(name: String, bytes: Int)] = []
        while let line = lines.next() {
            let words = line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 }).map {
                String(decoding: $0, as: UTF8.self)
            }
            guard words.count > 1, let kilobytes = Int(words[1]) else { continue }
            switch words[0] {
            case "VmRSS:": found.append(("resident", kilobytes << 10))
            case "VmHWM:": found.append(("resident_peak", kilobytes << 10))
            default: continue
            }
        }
        return found
    }
}
