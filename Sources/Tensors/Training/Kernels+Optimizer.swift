import CKernels

/// The numbers of one step of AdamW.
///
/// The order of operations is that of `torch.optim.AdamW`: decay first, factors in double precision, moments and values in float32.
public struct AdamWStep: Sendable, Hashable {
    /// Learning rate of this step.
    public var rate: Double
    /// Decay of the first moments.
    public var beta1: Double
    /// Decay of the second moments.
    public var beta2: Double
    /// Added to the root of the second moments.
    public var epsilon: Double
    /// Decoupled weight decay.
    public var decay: Double
    /// 1 for the first step.
    public var step: Int
    /// Gradients are multiplied by this first: the factor of clipping.
    public var gradientScale: Double

    /// Takes PyTorch's defaults for what is not given.
    public init(
        rate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, decay: Double = 0, step: Int,
        gradientScale: Double = 1
    ) {
        precondition(step >= 1, "steps count from 1")
        self.rate = rate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.decay = decay
        self.step = step
        self.gradientScale = gradientScale
    }
}

extension Kernels {
    /// One step of AdamW over `count` values, in place.
    public func adamW(
        _ step: AdamWStep, values: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
        first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>, count: Int
    ) {
        var args = ck_adamw(
            rate: step.rate, beta1: step.beta1, beta2: step.beta2, epsilon: step.epsilon, decay: step.decay,
            step: UInt64(step.step), gradient_scale: step.gradientScale)
        table.pointee.training.adamw(&args, values, gradients, first, second, count)
    }

    /// The sum of squares in double precision, in a fixed order: the same on all builds.
    public func sumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double {
        table.pointee.training.sum_of_squares(x, count)
    }
}
