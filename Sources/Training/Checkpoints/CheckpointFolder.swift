#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import JSON
import ModelExport
import ModelFiles
import Tensors
package import TrainableEncoders

/// The checkpoints of a run: folders `checkpoint-N` in its output folder.
///
/// Each is written beside its place, flushed to the disk and renamed, so that a folder of that name is whole whatever happened.
package struct CheckpointFolder: Sendable {
    /// The output folder of the run.
    package let root: String

    /// The folder of a run, which need not exist yet.
    package init(_ root: String) { self.root = root }

    /// Whether there is a folder at a path.
    package static func isFolder(_ path: String) -> Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
    }

    /// Whether two paths lead to the same folder.
    static func isSame(_ a: String, _ b: String) -> Bool {
        var (first, second) = (stat(), stat())
        return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_ino == second.st_ino
            && first.st_dev == second.st_dev
    }

    /// The folder of the checkpoint behind a step.
    package func path(step: Int) -> String { "\(root)/checkpoint-\(step)" }

    /// The steps of the checkpoints that there are, ascending.
    package func steps() -> [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return names.compactMap(Self.step).sorted()
    }

    /// The step of a checkpoint's name; nil of other names.
    private static func step(of name: String) -> Int? {
        guard name.hasPrefix("checkpoint-") else { return nil }
        return Int(name.dropFirst("checkpoint-".count)).flatMap { "checkpoint-\($0)" == name ? $0 : nil }
    }

    /// Makes the output folder unless it is there.
    package func make() throws(TrainingError) {
        do {
            try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        } catch {
            throw TrainingError(
                .cannotWrite, "the output folder cannot be made: \(Self.reason(error))",
                advice: "Check the path, its permissions and the disk", path: root)
        }
    }

    /// Removes what a killed run left of a checkpoint or of the model, or puts it back.
    package func sweep() throws(TrainingError) {
        do throws(ExportError) {
            try StagedFolder.sweep(root) { $0 == "model" || Self.step(of: $0) != nil }
        } catch {
            throw TrainingError(.cannotWrite, error.reason, advice: error.advice, path: error.path)
        }
    }

    /// Removes the checkpoints behind a step: a run that goes on at that step makes them anew.
    package func removeAll(behind step: Int) throws(TrainingError) {
        for later in steps() where later > step {
            do {
                try FileManager.default.removeItem(atPath: path(step: later))
            } catch {
                throw TrainingError(
                    .cannotWrite, "a later checkpoint cannot be removed: \(Self.reason(error))",
                    advice: "Check the permissions", path: path(step: later))
            }
        }
    }

    /// Removes all but the last `count` checkpoints and those of some steps.
    ///
    /// What cannot be removed stays; it is in nobody's way.
    package func prune(keeping count: Int, and steps: [Int]) {
        for step in self.steps().dropLast(count) where !steps.contains(step) {
            try? FileManager.default.removeItem(atPath: path(step: step))
        }
    }

    // MARK: Writing

    /// Writes a checkpoint; nothing is left of it if that fails.
    package func write(_ state: RunState, _ parameters: ParameterSet, _ optimizer: AdamW, batchSize: Int)
        throws(TrainingError)
    {
        let target = path(step: state.step)
        var model = SafetensorsWriter()
        var moments = SafetensorsWriter(metadata: ["format": "pt", "step": String(state.step)])
        for parameter in parameters.parameters {
            let name = Self.name(of: parameter)
            let start = parameter.range.lowerBound
            model.add(name, shape: parameter.shape, borrowing: parameters.values.base + start)
            moments.add("exp_avg." + name, shape: parameter.shape, borrowing: optimizer.first.base + start)
            moments.add("exp_avg_sq." + name, shape: parameter.shape, borrowing: optimizer.second.base + start)
        }
        do throws(ExportError) {
            var folder = try StagedFolder(target, replacing: true, markers: [Self.stateFile])
            try folder.write(byteCount: 3 * MemoryLayout<Float>.size * parameters.count) {
                (folder) throws(ExportError) in
                var digests: [String: String] = [:]
                for (file, writer) in [(Self.modelFile, model), (Self.momentsFile, moments)] {
                    let place = try folder.place(of: file)
                    do throws(ModelFileError) {
                        digests[file] = try writer.writeDigested(to: place)
                    } catch {
                        throw folder.named(error)
                    }
                }
                try folder.write(
                    state.json(batchSize: batchSize, digests: digests).serializedBytes(pretty: true),
                    to: Self.stateFile)
            }
        } catch {
            let last = steps().last.map { "checkpoint-\($0) is kept" } ?? "there is no earlier one"
            throw TrainingError(
                .cannotWrite, "the checkpoint cannot be written (\(error.reason)); \(last)",
                advice: "Free space on the disk and resume the run", path: error.path, step: state.step)
        }
    }

    private static let stateFile = "trainer_state.json"
    private static let modelFile = "model.safetensors"
    private static let momentsFile = "optimizer.safetensors"

    private static func name(of parameter: ParameterSet.Parameter) -> String {
        parameter.folder.isEmpty ? parameter.name : parameter.folder + "/" + parameter.name
    }

    private static func reason(_ error: any Error) -> String {
        (error as? CocoaError).map { "system error \($0.code.rawValue)" } ?? "\(error)"
    }

    // MARK: Reading

    /// What a checkpoint says of its run.
    ///
    /// - Throws: ``TrainingError/Code/checkpoint`` if it is damaged.
    package static func state(of path: String) throws(TrainingError) -> (RunState, digests: [String: String]) {
        let file = path + "/" + stateFile
        do throws(ModelFileError) {
            let bytes = try FileBytes(path: file)
            let value = bytes.withUnsafeBytes { try? JSONValue(parsing: $0) }
            if let value, let state = RunState(json: value), let digests = value["needletail"]?["digests"]?.object {
                return (
                    state,
                    Dictionary(digests.map { ($0.key, $0.value.string ?? "") }, uniquingKeysWith: { first, _ in first })
                )
            }
        } catch {
            throw damaged(file, error.reason)
        }
        throw damaged(file, "it is not the state of a training run")
    }

    /// Puts the tensors of a checkpoint into a model and its optimiser; `optimizer` nil leaves the moments out.
    ///
    /// - Throws: ``TrainingError/Code/checkpoint`` if a file is damaged or of another model; the model may then have some of them.
    package static func load(
        _ path: String, digests: [String: String], into parameters: ParameterSet, _ optimizer: AdamW?
    ) throws(TrainingError) {
        let model = try archive(path, modelFile, digests)
        for parameter in parameters.parameters {
            try copy(name(of: parameter), of: model, parameter, to: parameters.values)
        }
        guard let optimizer else { return }
        let moments = try archive(path, momentsFile, digests)
        for parameter in parameters.parameters {
            try copy("exp_avg." + name(of: parameter), of: moments, parameter, to: optimizer.first)
            try copy("exp_avg_sq." + name(of: parameter), of: moments, parameter, to: optimizer.second)
        }
        optimizer.activateRows()
    }

    private static func archive(
        _ path: String, _ name: String, _ digests: [String: String]
    ) throws(TrainingError) -> WeightArchive {
        let file = path + "/" + name
        let archive: WeightArchive
        var hash = SHA256()
        do throws(ModelFileError) {
            try FileBytes(path: file).withUnsafeBytes { hash.add($0) }
            archive = try WeightArchive.open(file)
        } catch {
            throw damaged(file, error.reason)
        }
        guard hash.hexadecimal() == digests[name] else {
            throw damaged(file, "its digest is not the one that was noted")
        }
        return archive
    }

    private static func copy(
        _ name: String, of archive: WeightArchive, _ parameter: ParameterSet.Parameter, to buffer: FloatBuffer
    ) throws(TrainingError) {
        guard let tensor = archive[name], tensor.shape == parameter.shape else {
            throw TrainingError(
                .checkpoint, "the tensor \(name) of shape \(parameter.shape) is not there",
                advice: "Resume with the model that the run was begun with", path: archive.path)
        }
        do throws(ModelFileError) {
            try tensor.copyFloats(to: UnsafeMutableBufferPointer(rebasing: buffer.values[parameter.range]))
        } catch {
            throw damaged(archive.path, error.reason)
        }
    }

    private static func damaged(_ path: String, _ reason: String) -> TrainingError {
        TrainingError(
            .checkpoint, "the checkpoint is damaged: \(reason)", advice: "Resume an earlier checkpoint", path: path)
    }
}
