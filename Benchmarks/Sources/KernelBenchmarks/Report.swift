import Measuring
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
func report(
    _ name: String, _ precision: MatrixPrecision, operations: Double, threads: Int = 1, _ work: () -> Void
) {
    if countsCPUTime && threads > 1 { return }
    let before = Kernels.active.measuredPeak(precision, seconds: 0.03)
    let (best, median) = time(work)
    let peak = max(before, Kernels.active.measuredPeak(precision, seconds: 0.03)) * Double(threads)
    print(
        column(name, 40) + number(operations / best / 1e9, 10) + number(operations / median / 1e9, 10)
            + number(peak / 1e9, 10) + number(100 * operations / best / peak, 8) + number(best * 1e3, 11, digits: 4))
}

/// The best and the median time of some runs, in seconds.
func time(_ work: () -> Void) -> (best: Double, median: Double) {
    if !countsCPUTime {
        let timed = Measurement.measure("", units: 1, of: "", warmUps: 2, atLeast: patience, work)
        return (timed.minimum, timed.median)
    }
    func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }
    for _ in 0..<2 { work() }
    var times: [Double] = []
    let start = now()
    while times.count < 5 || now() - start < patience / .seconds(1) {
        let before = now()
        work()
        times.append(now() - before)
    }
    times.sort()
    return (times[0], times[times.count / 2])
}

/// The head of such lines.
func title(_ text: String) {
    print("\n" + text)
    print(
        column("", 40) + right("best GOP/s", 10) + right("median", 10) + right("peak", 10) + right("best %", 8)
            + right("best ms", 11))
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
