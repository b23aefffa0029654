import JSON
import Layers
import ModelFiles
import Synchronization
import Tensors

extension QuantizationRecord.WeightDigest {
    /// Of an archive's tensors.
    init(_ weights: WeightArchive) { self.init(fingerprint: weights.fingerprint(), sha256: weights.digest()) }
}

/// Makes the quantised weights of a model folder: watches the float32 network on a sample, chooses the smoothing of every
/// matrix, writes the packed file and the record, and measures on other texts what was lost.
public struct ModelQuantizer: Sendable {
    /// What is being done, for a progress line.
    public enum Stage: String, Sendable, Hashable {
        /// The network reads the sample.
        case calibrating
        /// Matrices are quantised.
        case searching
        /// Networks are compared.
        case comparing
    }

    /// The texts.
    public var sample: CalibrationSample
    /// What int8 must reach; nil means the default for the kind of model.
    public var bar: QuantizationQuality.Bar?
    /// Compute threads; nil means all cores.
    public var threads: Int?
    /// The version of the program, for the record.
    public var program: String
    /// Told how far a stage is.
    public var onProgress: (@Sendable (_ stage: Stage, _ done: Int, _ of: Int) -> Void)?

    /// Quantisation with a sample.
    public init(
        sample: CalibrationSample, bar: QuantizationQuality.Bar? = nil, threads: Int? = nil, program: String,
        onProgress: (@Sendable (_ stage: Stage, _ done: Int, _ of: Int) -> Void)? = nil
    ) {
        self.sample = sample
        self.bar = bar
        self.threads = threads
        self.program = program
        self.onProgress = onProgress
    }

    /// Quantises a model folder and writes packed file and record into it, over older ones.
    ///
    /// - Parameter path: the folder; nothing else in it is changed.
    /// - Returns: the record, which also says whether the quality passes.
    public func quantize(folder path: String) throws(EncoderError) -> QuantizationRecord {
        try write(try prepare(folder: path), to: path)
    }

    /// Reads the folder of a model and quantises its network in memory; nothing is written.
    ///
    /// - Throws: ``EncoderError`` for whatever keeps the model from being quantised.
    public func prepare(folder path: String) throws(EncoderError) -> QuantizedNetwork {
        do throws(EncoderError) {
            let folder: ModelFolder
            let source: WeightArchive
            do throws(ModelFileError) {
                folder = try ModelFolder(path: path)
                source = try folder.weights()
            } catch {
                throw EncoderError(error)
            }
            let pool = WorkerPool(threads: threads ?? WorkerPool.defaultThreadCount)
            let exact = try QuantizableModel(folder, options: EncoderOptions(precision: .fp32, pool: pool))
            let results = try search(exact, try calibrate(exact), pool)
            var writer = PackedWeightsWriter()
            for (result, (name, _)) in zip(results, exact.matrices) { writer.add(result.matrix, name) }
            let table = exact.core.network.embeddings.tokens
            if !table.isSmall { try writer.add(table, path: source.path) }
            let matrices = zip(results, exact.matrices).map { result, matrix in
                QuantizationRecord.QuantizedMatrix(
                    name: matrix.name.description, alpha: result.alpha, error: result.error)
            }
            return QuantizedNetwork(
                task: folder.task, exact: exact, writer: writer, matrices: matrices, pool: pool,
                source: .init(source))
        } catch {
            var error = error
            if error.path == nil { error.path = path }
            throw error
        }
    }

    /// Writes packed file and record of a network into a copy of its folder, and measures what the folder then holds.
    ///
    /// - Parameter path: the copy, or the folder itself; nothing else in it is changed.
    /// - Returns: the record, which also says whether the quality passes.
    /// - Throws: ``EncoderError/Code/cannotWrite`` if the system refuses.
    public func write(_ network: QuantizedNetwork, to path: String) throws(EncoderError) -> QuantizationRecord {
        let place = path + "/" + PackedWeights.fileName
        try network.writer.write(to: place)
        let packed: WeightArchive
        let folder: ModelFolder
        do throws(ModelFileError) {
            packed = try WeightArchive.open(place)
            folder = try ModelFolder(path: path)
        } catch {
            throw EncoderError(error)
        }
        var record = QuantizationRecord(
            quality: nil, task: network.task, matrices: network.matrices, passes: false,
            sample: .init(
                name: sample.name, calibration: sample.calibration.count, heldOut: sample.heldOut.count),
            program: program, source: network.source, packed: .init(packed))
        try write(record, to: path)
        let quality = try measure(
            network.exact, folder, ("int8 without smoothing", network.exact.converted(to: .int8)),
            on: sample.heldOut, network.pool)
        record.quality = quality
        record.passes = quality.passes
        try write(record, to: path)
        return record
    }

    /// Writes the weights of a model as int8 rows into a copy of its folder, where they take the place of the original ones, with a record of
    /// what that costs.
    ///
    /// A quarter of the bytes of float32 for everything. There is no calibration: int8 products are made of the rows when the folder is loaded,
    /// and fp32 and bf16 read the rows, multiplied out.
    ///
    /// - Parameters:
    ///   - path: the folder of the original.
    ///   - copy: the copy, without weights of the network; nothing else in it is changed.
    /// - Returns: the record, which also says whether the quality passes.
    public func shrink(folder path: String, into copy: String) throws(EncoderError) -> QuantizationRecord {
        let original: ModelFolder
        let weights: WeightArchive
        do throws(ModelFileError) {
            original = try ModelFolder(path: path)
            weights = try original.weights()
        } catch {
            throw EncoderError(error)
        }
        let pool = WorkerPool(threads: threads ?? WorkerPool.defaultThreadCount)
        let exact = try QuantizableModel(original, options: EncoderOptions(precision: .fp32, pool: pool))
        try RowWeights(weights).write(to: copy + "/" + original.transformerFolder)
        let folder: ModelFolder
        let rows: WeightArchive
        do throws(ModelFileError) {
            folder = try ModelFolder(path: copy)
            rows = try folder.weights()
        } catch {
            throw EncoderError(error)
        }
        let restored = try QuantizableModel(folder, options: EncoderOptions(precision: .fp32, pool: pool))
        let items = sample.calibration + sample.heldOut
        let quality = try measure(exact, folder, ("int8 rows in float32", restored), on: items, pool)
        let record = QuantizationRecord(
            quality: quality, task: folder.task, matrices: [], passes: quality.passes,
            sample: .init(name: sample.name, calibration: 0, heldOut: items.count), program: program,
            source: .init(rows), packed: nil)
        try write(record, to: copy)
        return record
    }

    /// The inputs of every matrix on the sample.
    private func calibrate(
        _ model: QuantizableModel
    ) throws(EncoderError) -> [ColumnRecorder.Columns] {
        let matrices = model.matrices.map(\.matrix)
        let recorders = matrices.map { ColumnRecorder(inputs: $0.inputs) }
        let places = Dictionary(
            zip(matrices.map { ObjectIdentifier($0.panels) }, recorders), uniquingKeysWith: { first, _ in first })
        let watched = model.observed { input, weight in places[ObjectIdentifier(weight.panels)]?.observe(input) }
        _ = try watched.outputs(sample.calibration, control: control(.calibrating))
        for (recorder, name) in zip(recorders, model.matrices.map(\.name)) {
            guard recorder.columns.largest.allSatisfy(\.isFinite) else {
                throw EncoderError(
                    .notFinite, "the inputs of \(name) overflow float32 on the sample",
                    advice: "Check the weights of the model; no text does this to sound ones")
            }
        }
        return recorders.map(\.columns)
    }

    private func search(
        _ model: QuantizableModel, _ columns: [ColumnRecorder.Columns], _ pool: WorkerPool
    ) throws(EncoderError) -> [SmoothingSearch.Result] {
        let matrices = model.matrices.map(\.matrix)
        let results = Mutex<(done: Int, found: [SmoothingSearch.Result?])>(
            (0, Array(repeating: nil, count: matrices.count)))
        let onProgress = onProgress
        pool.run(matrices.count) { index, worker in
            let result = SmoothingSearch(
                weight: matrices[index], columns: columns[index], workspace: worker.workspace
            ).best()
            results.withLock { results in
                results.found[index] = result
                results.done += 1
                onProgress?(.searching, results.done, matrices.count)
            }
        }
        var found: [SmoothingSearch.Result] = []
        for (result, matrix) in zip(results.withLock { $0.found }, model.matrices) {
            guard let result else {
                throw EncoderError(
                    .notFinite, "the products of \(matrix.name) overflow float32 on the sample",
                    advice: "Check the weights of the model; no text does this to sound ones")
            }
            found.append(result)
        }
        return found
    }

    /// Compares the network that the folder now holds, and others, with float32.
    private func measure(
        _ exact: QuantizableModel, _ folder: ModelFolder, _ other: (name: String, model: QuantizableModel),
        on items: [CalibrationSample.Item], _ pool: WorkerPool
    ) throws(EncoderError) -> QuantizationQuality {
        let reference = try exact.outputs(items, control: control(.comparing))
        func compare(_ name: String, _ model: QuantizableModel) throws(EncoderError) -> QuantizationQuality.Comparison {
            .init(name, try model.outputs(items, control: control(.comparing)), with: reference)
        }
        let stored = try QuantizableModel(folder, options: EncoderOptions(precision: .int8, pool: pool))
        return QuantizationQuality(
            bar: bar ?? .standard(for: folder.task),
            comparisons: [
                try compare("int8", stored), try compare(other.name, other.model),
                try compare("bf16", exact.converted(to: .bf16)),
            ], vectorCount: reference.vectors.count, scoreCount: reference.scores.count)
    }

    private func control(_ stage: Stage) -> EncodingControl {
        guard let onProgress else { return EncodingControl() }
        return EncodingControl(onProgress: { onProgress(stage, $0.completedSequences, $0.totalSequences) })
    }

    private func write(_ record: QuantizationRecord, to path: String) throws(EncoderError) {
        do throws(ModelFileError) {
            try ReplacedFile.write(
                record.json.serializedBytes(pretty: true) + [0x0A], to: path + "/" + QuantizationRecord.fileName)
        } catch {
            throw EncoderError(writing: error)
        }
    }
}
