/// A number for two vectors, and its derivatives by both: what losses over pairs are made of.
enum PairMeasure {
    /// The scalar product.
    case dot
    /// The cosine; lengths count as at least `smallest`.
    case cosine(smallest: Double)
    /// The Euclidean distance of x + shift and y.
    case euclidean(shift: Double)
    /// The sum of the absolute differences of x + shift and y.
    case manhattan(shift: Double)
    /// AnglE's |cosine + sine|, where place i is the real part and place i + D/2 the imaginary part of a complex number.
    case angle

    /// The measure that a `Similarity` stands for.
    init(_ similarity: Similarity) {
        self =
            switch similarity {
            case .cosine: .cosine(smallest: 1e-12)
            case .dot: .dot
            }
    }

    /// The number for two vectors.
    func value(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ width: Int) -> Double {
        switch self {
        case .dot: return VectorArithmetic.dot(x, y, width)
        case .cosine(let smallest):
            return VectorArithmetic.dot(x, y, width) / (length(x, width, smallest) * length(y, width, smallest))
        case .euclidean(let shift):
            var sum = 0.0
            for index in 0..<width {
                let difference = Double(x[index]) - Double(y[index]) + shift
                sum += difference * difference
            }
            return sum.squareRoot()
        case .manhattan(let shift):
            var sum = 0.0
            for index in 0..<width { sum += abs(Double(x[index]) - Double(y[index]) + shift) }
            return sum
        case .angle: return abs(signedAngle(x, y, width))
        }
    }

    /// Adds `derivative` times the derivatives of the number by x and by y.
    func addDerivatives(
        _ derivative: Double, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
        to dx: UnsafeMutablePointer<Double>, _ dy: UnsafeMutablePointer<Double>, _ width: Int
    ) {
        switch self {
        case .dot:
            VectorArithmetic.add(derivative, y, to: dx, width)
            VectorArithmetic.add(derivative, x, to: dy, width)
        case .cosine(let smallest):
            let (a, b) = (length(x, width, smallest), length(y, width, smallest))
            let cosine = VectorArithmetic.dot(x, y, width) / (a * b)
            VectorArithmetic.add(derivative / (a * b), y, to: dx, width)
            VectorArithmetic.add(derivative / (a * b), x, to: dy, width)
            if a > smallest { VectorArithmetic.add(-derivative * cosine / (a * a), x, to: dx, width) }
            if b > smallest { VectorArithmetic.add(-derivative * cosine / (b * b), y, to: dy, width) }
        case .euclidean(let shift):
            let distance = value(x, y, width)
            guard distance > 0 else { return }
            for index in 0..<width {
                let change = derivative * (Double(x[index]) - Double(y[index]) + shift) / distance
                dx[index] += change
                dy[index] -= change
            }
        case .manhattan(let shift):
            for index in 0..<width {
                let difference = Double(x[index]) - Double(y[index]) + shift
                guard difference != 0 else { continue }
                dx[index] += difference > 0 ? derivative : -derivative
                dy[index] -= difference > 0 ? derivative : -derivative
            }
        case .angle: addAngleDerivatives(derivative, x, y, to: dx, dy, width)
        }
    }

    private func length(_ x: UnsafePointer<Float>, _ width: Int, _ smallest: Double) -> Double {
        max(VectorArithmetic.dot(x, x, width).squareRoot(), smallest)
    }
}

/// Vectors as complex numbers of length 1 (https://arxiv.org/abs/2309.12871, as the authors' code has it); an odd width has one imaginary 0 more.
extension PairMeasure {
    private static let smallestAngleLength = 1e-12

    private func signedAngle(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ width: Int) -> Double {
        let half = (width + 1) / 2
        var sines = 0.0
        for index in 0..<width - half {
            sines += Double(x[half + index]) * Double(y[index]) - Double(x[index]) * Double(y[half + index])
        }
        let smallest = Self.smallestAngleLength
        return (VectorArithmetic.dot(x, y, width) + sines)
            / (length(x, width, smallest) * length(y, width, smallest))
    }

    private func addAngleDerivatives(
        _ derivative: Double, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
        to dx: UnsafeMutablePointer<Double>, _ dy: UnsafeMutablePointer<Double>, _ width: Int
    ) {
        let angle = signedAngle(x, y, width)
        guard angle != 0 else { return }
        let smallest = Self.smallestAngleLength
        let (a, b) = (length(x, width, smallest), length(y, width, smallest))
        let half = (width + 1) / 2
        let sign = angle > 0 ? derivative : -derivative
        let factor = sign / (a * b)
        for index in 0..<half {
            let (realX, realY) = (Double(x[index]), Double(y[index]))
            dx[index] += factor * realY
            dy[index] += factor * realX
            guard half + index < width else { continue }
            let (imaginaryX, imaginaryY) = (Double(x[half + index]), Double(y[half + index]))
            dx[index] -= factor * imaginaryY
            dy[index] += factor * imaginaryX
            dx[half + index] += factor * (imaginaryY + realY)
            dy[half + index] += factor * (imaginaryX - realX)
        }
        if a > smallest { VectorArithmetic.add(-sign * angle / (a * a), x, to: dx, width) }
        if b > smallest { VectorArithmetic.add(-sign * angle / (b * b), y, to: dy, width) }
    }
}
