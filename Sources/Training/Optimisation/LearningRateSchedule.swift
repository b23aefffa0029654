#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The learning rate of each step: up from 0 during the warm-up, then on its course.
///
/// Equals `get_linear_schedule_with_warmup`, `get_cosine_schedule_with_warmup` and `get_constant_schedule_with_warmup` of transformers;
/// with a warm-up, step 0 has a rate of 0.
public struct LearningRateSchedule: Sendable, Hashable {
    /// The rate at the end of the warm-up.
    public var peak: Double
    /// The course behind the warm-up.
    public var choice: ScheduleChoice
    /// Steps of the warm-up.
    public var warmup: Int
    /// Steps in all.
    public var steps: Int

    /// A schedule.
    public init(peak: Double, choice: ScheduleChoice, warmup: Int, steps: Int) {
        self.peak = peak
        self.choice = choice
        self.warmup = warmup
        self.steps = steps
    }

    /// The rate that step `step` (from 0) is taken with.
    public func rate(at step: Int) -> Double {
        if step < warmup { return peak * (Double(step) / Double(max(1, warmup))) }
        switch choice {
        case .constant: return peak
        case .linear: return peak * max(0, Double(steps - step) / Double(max(1, steps - warmup)))
        case .cosine:
            let progress = Double(step - warmup) / Double(max(1, steps - warmup))
            return peak * max(0, 0.5 * (1 + cos(Double.pi * 0.5 * 2 * progress)))
        }
    }
}
