/// A table of places for eight entries each that grows up to a bound; a full place forgets its least recently used entry.
///
/// Everything lies in flat arrays: an entry costs ``ScoreTable/entryBytes(labels:)`` and nothing beside.
struct ScoreTable: Sendable {
    private static let ways = 8
    private let labels: Int
    private let maximumPlaces: Int
    private var places: Int
    private var clock: UInt32 = 0
    /// When an entry was used last; 0 means that there is none.
    private var lastUses: [UInt32]
    private var keys: [InputKey]
    private var facts: [Facts]
    private var logits: [Float]
    /// Entries.
    private(set) var count = 0
    /// Entries that were forgotten for others.
    private(set) var evictions = 0

    private struct Facts: Sendable {
        var tokenCount: Int32 = 0
        var window: Int32 = 0
        /// The number of windows; negative if a part of the text was not read.
        var windowCount: Int32 = 0
    }

    /// Bytes of one entry, used or not.
    static func entryBytes(labels: Int) -> Int {
        MemoryLayout<UInt32>.stride + MemoryLayout<InputKey>.stride + MemoryLayout<Facts>.stride
            + labels * MemoryLayout<Float>.stride
    }

    /// An empty table; nil if not one place fits.
    init?(labels: Int, maximumBytes: Int) {
        maximumPlaces = min(maximumBytes / (Self.entryBytes(labels: labels) * Self.ways), 1 << 28)
        guard maximumPlaces >= 1 else { return nil }
        self.labels = labels
        places = 0
        (lastUses, keys, facts, logits) = ([], [], [], [])
    }

    /// Bytes that the table holds now.
    var byteCount: Int { places * Self.ways * Self.entryBytes(labels: labels) }

    /// What is known of an input; it counts as used.
    mutating func find(_ key: InputKey) -> ScoreCache.Entry? {
        guard let slot = slot(of: key) else { return nil }
        lastUses[slot] = tick()
        let facts = facts[slot]
        return ScoreCache.Entry(
            logits: Array(logits[(slot * labels)..<((slot + 1) * labels)]), tokenCount: Int(facts.tokenCount),
            isTruncated: facts.windowCount < 0, window: Int(facts.window), windowCount: Int(abs(facts.windowCount)))
    }

    /// Adds or replaces an entry.
    mutating func insert(_ entry: ScoreCache.Entry, for key: InputKey) {
        guard entry.logits.count == labels else { return }
        let windowCount = Int32(clamping: entry.windowCount)
        write(
            Facts(
                tokenCount: Int32(clamping: entry.tokenCount), window: Int32(clamping: entry.window),
                windowCount: entry.isTruncated ? -windowCount : windowCount), entry.logits[...], for: key)
    }

    private mutating func write(_ newFacts: Facts, _ newLogits: ArraySlice<Float>, for key: InputKey) {
        if places < maximumPlaces && count >= places * Self.ways * 3 / 4 { grow() }
        var slot = slot(of: key)
        if slot == nil {
            let place = place(of: key)
            let victim = (place..<place + Self.ways).min { lastUses[$0] < lastUses[$1] } ?? place
            if lastUses[victim] == 0 { count += 1 } else { evictions += 1 }
            keys[victim] = key
            slot = victim
        }
        guard let slot else { return }
        lastUses[slot] = tick()
        facts[slot] = newFacts
        for (label, logit) in newLogits.enumerated() { logits[slot * labels + label] = logit }
    }

    /// Doubles the places as far as the bound allows.
    private mutating func grow() {
        let old = self
        places = min(maximumPlaces, max(8, places * 2))
        let slots = places * Self.ways
        lastUses = Array(repeating: 0, count: slots)
        keys = Array(repeating: InputKey(high: 0, low: 0), count: slots)
        facts = Array(repeating: Facts(), count: slots)
        logits = Array(repeating: 0, count: slots * labels)
        count = 0
        clock = 0
        // From the least to the most recently used, so that their order stays.
        for slot in old.lastUses.indices.filter({ old.lastUses[$0] > 0 }).sorted(by: {
            old.lastUses[$0] < old.lastUses[$1]
        }) {
            write(old.facts[slot], old.logits[(slot * labels)..<((slot + 1) * labels)], for: old.keys[slot])
        }
    }

    private mutating func tick() -> UInt32 {
        if clock == .max {
            for slot in lastUses.indices where lastUses[slot] > 0 { lastUses[slot] = 1 }
            clock = 1
        }
        clock += 1
        return clock
    }

    private func slot(of key: InputKey) -> Int? {
        guard places > 0 else { return nil }
        let place = place(of: key)
        return (place..<place + Self.ways).first { lastUses[$0] > 0 && keys[$0] == key }
    }

    /// The first slot of the eight where a key may lie.
    private func place(of key: InputKey) -> Int {
        Int(key.high.multipliedFullWidth(by: UInt64(places)).high) * Self.ways
    }
}
