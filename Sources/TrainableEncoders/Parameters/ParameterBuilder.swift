import Encoders
import ModelFiles
import Tensors

/// Collects the tensors of a model in the order in which they are to lie in memory.
final class ParameterBuilder {
    /// The first values of a tensor that no file has.
    enum NewValues {
        /// Normally distributed around 0.
        case normal(deviation: Float)
        case constant(Float)
        case given([Float])
        /// A square matrix that changes nothing.
        case identity
    }

    /// Where the first values come from.
    private enum Source {
        case stored(StoredTensor)
        case new(NewValues)
    }

    /// What a tensor is called in the set, from what its file calls it.
    private let rename: (String) -> String
    private var entries: [(parameter: ParameterSet.Parameter, source: Source)] = []
    private var numbers: [String: Int] = [:]
    private var end = 0

    init(rename: @escaping (String) -> String = { $0 }) {
        self.rename = rename
    }

    /// Adds a tensor unless it is there.
    ///
    /// - Parameters:
    ///   - folder: of the module that the file belongs to.
    ///   - isNorm: weight decay leaves norms alone.
    func add(
        _ tensor: StoredTensor, folder: String = "", isNorm: Bool = false, isTable: Bool = false, copies: [String] = []
    ) {
        let key = Self.key(tensor.name, folder)
        if numbers[key] != nil { return }
        numbers[key] = entries.count
        append(
            rename(tensor.name), tensor.shape, .stored(tensor), folder: folder, isNorm: isNorm, isTable: isTable,
            copies: copies.map(rename))
    }

    func add(_ linear: TrainableWeights.Linear, folder: String = "") {
        add(linear.weight, folder: folder)
        if let bias = linear.bias { add(bias, folder: folder) }
    }

    func add(_ norm: TrainableWeights.Norm, folder: String = "") {
        add(norm.gamma, folder: folder, isNorm: true)
        add(norm.beta, folder: folder, isNorm: true)
    }

    /// Notes names under which the file repeats a tensor that was added.
    func note(copies: [String], of tensor: StoredTensor) {
        guard let number = numbers[Self.key(tensor.name, "")] else { return }
        entries[number].parameter.copies += copies.map(rename)
    }

    /// Adds a tensor that no file has.
    ///
    /// - Parameter isNorm: weight decay leaves norms alone.
    func addNew(_ name: String, shape: [Int], _ values: NewValues, isNorm: Bool = false) {
        numbers[Self.key(name, "")] = entries.count
        append(name, shape, .new(values), folder: "", isNorm: isNorm, isTable: false, copies: [])
    }

    private func append(
        _ name: String, _ shape: [Int], _ source: Source, folder: String, isNorm: Bool, isTable: Bool, copies: [String]
    ) {
        let count = shape.reduce(1, *)
        let isNew = if case .new = source { true } else { false }
        entries.append(
            (
                ParameterSet.Parameter(
                    name: name, folder: folder, copies: copies, shape: shape, range: end..<end + count,
                    // The rule of transformers' Trainer.get_decay_parameter_names.
                    decays: !isNorm && !name.utf8.lowercasedContains("bias"), isTable: isTable, isNew: isNew), source
            ))
        end += (count + 15) & ~15
    }

    /// Reads the values.
    ///
    /// - Throws: for files that cannot be read and for values that are not finite.
    func build(seed: UInt64) throws(EncoderError) -> ParameterViews {
        let values = FloatBuffer(count: end)
        for (number, entry) in entries.enumerated() {
            let target = UnsafeMutableBufferPointer(rebasing: values.values[entry.parameter.range])
            switch entry.source {
            case .stored(let tensor): try tensor.copyWeights(to: target)
            case .new(.given(let numbers)): _ = target.update(fromContentsOf: numbers)
            case .new(.constant(let value)): target.update(repeating: value)
            case .new(.identity):
                target.update(repeating: 0)
                for row in 0..<entry.parameter.rows { target[row * (entry.parameter.rows + 1)] = 1 }
            case .new(.normal(let deviation)):
                NormalNumbers(seed: seed, stream: UInt32(number)).fill(target, deviation: deviation)
            }
        }
        return ParameterViews(ParameterSet(entries.map(\.parameter), values: values), numbers: numbers)
    }

    static func key(_ name: String, _ folder: String) -> String { folder + "/" + name }
}

/// Finds parameters by the names that their files have.
struct ParameterViews {
    let parameters: ParameterSet
    private let numbers: [String: Int]

    init(_ parameters: ParameterSet, numbers: [String: Int]) {
        self.parameters = parameters
        self.numbers = numbers
    }

    /// A tensor that was added before.
    subscript(name: String, folder: String) -> ParameterView {
        guard let number = numbers[ParameterBuilder.key(name, folder)] else {
            preconditionFailure("\(name) was not added")
        }
        return ParameterView(
            index: number, values: parameters.values(of: number), gradient: parameters.gradient(of: number))
    }

    subscript(tensor: StoredTensor) -> ParameterView { self[tensor.name, ""] }
}

/// One parameter as kernels see it; valid as long as its set lives.
struct ParameterView: Sendable {
    /// Its number in the set.
    let index: Int
    /// The values, by rows; a vector is one row of many in memory, seen as rows of one.
    let values: MatrixView
    let gradient: MatrixView
}

extension String.UTF8View {
    /// Whether an ASCII text in lower case occurs, whatever the case here.
    fileprivate func lowercasedContains(_ text: StaticString) -> Bool {
        let wanted = text.withUTF8Buffer { Array($0) }
        let all = map { (65...90).contains($0) ? $0 + 32 : $0 }
        guard all.count >= wanted.count else { return false }
        return (0...all.count - wanted.count).contains { all[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }
}
