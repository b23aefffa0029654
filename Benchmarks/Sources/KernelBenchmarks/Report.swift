import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// `--cpu-time`: the calling thread's CPU time instead of the clock on the wall.
///
/// For machines that are busy with other things; lines with several threads are left out then.
let countsCPUTime = CommandLine.arguments.contains("--cpu-time")

/// One line of figures against the peak of the precision at the same moment.
///
/// Every run stands between two rounds of the bare multiply-add, and its share is of those two: the speed of a virtual machine's core
/// halves and doubles within milliseconds with what its neighbours do, and a peak of another moment says nothing then. The
/// peak of several threads is taken as that of one times their number.
func report(
    _ name: String, _ precision: MatrixPrecision, operations: Double, threads: Int = 1, _ work: () -> Void
) {
    if countsCPUTime && threads > 1 { return }
    for _ in 0..<2 { work() }
    var seconds: [Double] = []
    var shares: [Double] = []
    var peak = 0.0
    var before = Kernels.active.measuredPeak(precision, seconds: 0)
    let start = now()
    while seconds.count < 5 || now() - start < patience / .seconds(1) {
        let started = now()
        work()
        seconds.append(now() - started)
        let after = Kernels.active.measuredPeak(precision, seconds: 0)
        shares.append(operations / seconds[seconds.count - 1] / ((before + after) / 2 * Double(threads)))
        peak = max(peak, after)
        before = after
    }
    seconds.sort()
    shares.sort()
    let best = seconds[0]
    print(
        column(name, 40) + number(operations / best / 1e9, 10) + number(operations / middle(seconds) / 1e9, 10)
            + number(peak * Double(threads) / 1e9, 10) + number(100 * middle(shares), 8)
            + number(best * 1e3, 11, digits: 4))
}

/// The median of sorted figures.
func middle(_ sorted: [Double]) -> Double { sorted[sorted.count / 2] }

/// Seconds on the clock that is counted with.
func now() -> Double {
    var time = timespec()
    clock_gettime(countsCPUTime ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

/// The head of such lines.
func title(_ text: String) {
    print("\n" + text)
    print(
        column("", 40) + right("best GOP/s", 10) + right("median", 10) + right("peak", 10) + right("share %", 8)
            + right("best ms", 11))
}

/// The head of lines of `elements`.
func elementsTitle(_ text: String) {
    print("\n" + text)
    print(column("", 40) + right("Melem/s", 10) + right("ns/elem", 10))
}

/// One line of figures for work over so many elements: the best time of one.
func elements(_ name: String, _ count: Int, _ work: () -> Void) {
    for _ in 0..<2 { work() }
    var best = Double.infinity
    let start = now()
    while now() - start < patience / .seconds(1) {
        let started = now()
        work()
        best = min(best, now() - started)
    }
    print(column(name, 40) + number(Double(count) / best / 1e6, 10) + number(best / Double(count) * 1e9, 10, digits: 3))
}

func column(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
}

func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
}

func number(_ value: Double, _ width: Int, digits: Int = 1) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int64((value * scale).rounded())
    let fraction = String(scaled % Int64(scale))
    return right(
        "\(scaled / Int64(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction, width)
}

func random(_ count: Int, seed: UInt64) -> [Float] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    return (0..<count).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Float(Int32(truncatingIfNeeded: state)) * 0x1p-31
    }
}
