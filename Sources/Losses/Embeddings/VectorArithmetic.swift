/// Products and sums of float32 rows in float64, each in one fixed order.
enum VectorArithmetic {
    /// The sum of x[i] * y[i].
    static func dot(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int) -> Double {
        var sums = SIMD8<Double>.zero
        var index = 0
        while index + 8 <= count {
            sums += load(x + index) * load(y + index)
            index += 8
        }
        var sum = sums.sum()
        while index < count {
            sum += Double(x[index]) * Double(y[index])
            index += 1
        }
        return sum
    }

    /// y[i] += factor * x[i].
    static func add(_ factor: Double, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Double>, _ count: Int) {
        let factors = SIMD8<Double>(repeating: factor)
        var index = 0
        while index + 8 <= count {
            let place = UnsafeMutableRawPointer(y + index)
            let sum = place.loadUnaligned(as: SIMD8<Double>.self) + factors * load(x + index)
            place.storeBytes(of: sum, as: SIMD8<Double>.self)
            index += 8
        }
        while index < count {
            y[index] += factor * Double(x[index])
            index += 1
        }
    }

    private static func load(_ x: UnsafePointer<Float>) -> SIMD8<Double> {
        SIMD8<Double>(UnsafeRawPointer(x).loadUnaligned(as: SIMD8<Float>.self))
    }
}
