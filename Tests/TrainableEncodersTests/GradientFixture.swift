import Layers
import ModelFiles
import Tensors
import TestSupport
import Testing
import TrainableEncoders

/// A folder of `Tests/Fixtures/training/gradients`: a model, a batch, and what PyTorch made of them.
struct GradientFixture {
    /// All of them with their tasks.
    static let all: [(name: String, task: TrainingTask)] = [
        ("bert-mean", .dense), ("distilbert-cls", .dense), ("roberta-dense", .dense), ("xlm-roberta-max", .dense),
        ("mpnet-joined", .dense), ("bert-splade", .sparse), ("distilbert-splade", .sparse),
        ("roberta-splade-sum", .sparse), ("mpnet-splade", .sparse), ("bert-cross", .crossEncoder),
        ("distilbert-cross", .crossEncoder), ("xlm-roberta-cross", .crossEncoder), ("mpnet-cross", .crossEncoder),
    ]
    static let names = all.map(\.name)

    let path: String
    let task: TrainingTask
    let expected: WeightArchive
    let batch: TokenBatch

    init(_ name: String) throws {
        path = Fixture.path("training/gradients/" + name)
        task = try #require(Self.all.first { $0.name == name }).task
        let expected = try WeightArchive.open(path + "/expected.safetensors")
        self.expected = expected
        let numbers = { (name: String) throws in try expected.tensor(name).floats().map { Int32($0) } }
        let (ids, types) = (try numbers("ids"), try numbers("types"))
        var batch = TokenBatch()
        var start = 0
        for length in try numbers("lengths") {
            let rows = start..<start + Int(length)
            batch.append(ids: ids[rows], typeIDs: types[rows])
            start = rows.upperBound
        }
        self.batch = batch
    }

    func model(
        threads: Int = 1, precision: TrainingPrecision = .fp32, recomputes: Bool = false, dropout: Float? = nil
    ) throws -> TrainableModel {
        try TrainableModel(
            folder: ModelFolder(path: path), task: task,
            options: TrainableModelOptions(
                precision: precision, recomputesActivations: recomputes, dropout: dropout,
                pool: WorkerPool(threads: threads)))
    }

    /// The reference's gradient of the outputs.
    func outputGradient() throws -> [Float] { try expected.tensor("output_gradient").floats() }
    func outputs() throws -> [Float] { try expected.tensor("outputs").floats() }

    /// The reference's gradient of a parameter, or nil if it has none.
    func gradient(_ parameter: ParameterSet.Parameter) throws -> [Float]? {
        let place = parameter.folder.isEmpty ? parameter.name : parameter.folder + "/" + parameter.name
        return try expected["gradient/" + place]?.floats()
    }

    var gradientNames: [String] {
        expected.names.filter { $0.hasPrefix("gradient/") }.map { String($0.dropFirst("gradient/".count)) }
    }
}

extension TrainableModel {
    /// One pass there and back.
    ///
    /// - Returns: the outputs.
    @discardableResult
    func pass(_ batch: TokenBatch, dropout: DropoutDraw? = nil, outputGradient: [Float]) -> [Float] {
        let pass = forward(batch, dropout: dropout, keepsForBackward: true)
        let gradient = FloatBuffer(outputGradient)
        backward(pass, outputGradient: gradient.matrix(rows: pass.outputs.rows, columns: pass.outputs.columns))
        return pass.outputs.array()
    }

    /// All gradients, as they lie in memory.
    var gradients: [Float] { Array(parameters.gradients.values) }
}

/// The largest absolute difference; infinite where sizes differ or a value is not finite.
func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { largest, pair in
        let difference = abs(pair.0 - pair.1)
        return difference.isFinite ? max(largest, difference) : .infinity
    }
}

/// The largest absolute value.
func largest(_ values: some Sequence<Float>) -> Float { values.reduce(0) { max($0, abs($1)) } }

/// The cosine of two vectors.
func cosine(_ a: [Float], _ b: [Float]) -> Double {
    let dot = { (a: [Float], b: [Float]) in zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } }
    return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
}
