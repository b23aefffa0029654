import Tensors

/// What a tile costs on one thread, and shared by several in either way: an estimate that decides how work is divided and
/// nothing else.
///
/// The rates are those of one core of a current server CPU at 2 to 4 GHz. They need not be right, only their relations:
/// a slower core and slower memory go together.
package struct SplitCost: Sendable {
    /// Layers of the network.
    private let layers: Double
    /// Multiplications per token.
    private let work: Double
    /// Bytes of packed weights.
    private let bytes: Double
    /// Widths of a row: hidden, and between the two maps of the feed-forward network.
    private let width: Double
    private let wide: Double
    /// A, the number of heads.
    private let heads: Int
    /// Multiplications per second of one core.
    private let rate: Double

    /// Bytes of weights per second that one core gets from the third-level cache.
    private static let bandwidth = 25e9
    /// Bytes per second of rows that another core has just written.
    private static let exchange = 8e9
    /// Seconds from the end of a phase to the begin of the next, for two parts and for each further one.
    private static let handOver = (two: 1.5e-6, further: 0.3e-6)
    /// Seconds for one value in a norm or a conversion of an input.
    private static let perValue = 0.15e-9
    /// The most threads that share a tile.
    package static let mostParts = 16

    init(_ layers: [EncoderLayer]) {
        self.layers = Double(layers.count)
        let matrices = layers.flatMap(\.matrices)
        work = matrices.reduce(0) { $0 + Double($1.outputs * $1.inputs) }
        bytes = matrices.reduce(0) { $0 + Double($1.byteCount) }
        width = Double(layers.first?.feedForward.down.outputs ?? 0)
        wide = Double(layers.first?.feedForward.up.outputs ?? 0)
        heads = layers.first?.attention.heads ?? 1
        rate =
            switch matrices.first?.precision ?? .fp32 {
            case .fp32: 110e9
            case .bf16: 200e9
            case .int8: 400e9
            }
    }

    /// Seconds of a tile that is computed in this way.
    func seconds(tokens: Int, _ split: TileSplit) -> Double {
        let rows = Double(tokens)
        switch split {
        case .none: return max(rows * work / rate, bytes / Self.bandwidth)
        case .rows(let parts):
            let own = Double((tokens + parts - 1) / parts)
            let foreign = rows * 2 * width * 4 * share(parts)
            return max(own * work / rate, bytes / Self.bandwidth)
                + (layers + 1) * (handOver(parts) + foreign / Self.exchange)
        case .panels(let parts):
            let whole = max(rows * work / rate, bytes / Self.bandwidth)
            // Heads are dealt out whole: about a quarter of the work waits for whoever has most of them.
            let uneven = Double((heads + parts - 1) / parts * parts) / Double(heads)
            let foreign = rows * (3 * width + wide) * 4 * share(parts)
            let repeated = rows * (5 * width + wide) * Self.perValue * share(parts)
            return whole / Double(parts) * (0.75 + 0.25 * uneven)
                + layers * (4 * handOver(parts) + foreign / Self.exchange + repeated)
        }
    }

    /// The fastest way for up to `threads` threads.
    package func best(tokens: Int, threads: Int) -> (split: TileSplit, seconds: Double) {
        let alone = seconds(tokens: tokens, .none)
        var best = (split: TileSplit.none, seconds: alone)
        guard layers > 0, tokens > 0, threads > 1 else { return best }
        for parts in 2...min(max(threads, 2), Self.mostParts) {
            for split in [TileSplit.rows(parts: parts), .panels(parts: parts)] {
                let seconds = seconds(tokens: tokens, split)
                // What hardly gains leaves the other threads to others.
                if seconds < best.seconds, seconds < 0.95 * alone { best = (split, seconds) }
            }
        }
        return best
    }

    /// The part of a shared row that other threads write.
    private func share(_ parts: Int) -> Double { Double(parts - 1) / Double(parts) }
    private func handOver(_ parts: Int) -> Double {
        Self.handOver.two + Double(parts - 2) * Self.handOver.further
    }
}
