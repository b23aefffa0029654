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
        return names.compactMap { name in
            guard name.hasPrefix("checkpoint-") else { return nil }
            return Int(name.dropFirst("checkpoint-".count)).flatMap { "checkpoint-\($0)" == name ? $0 : nil }
        }.sorted()
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

    /// Removes what a killed run left of a checkpoint, or puts it back.
    package func sweep() throws(TrainingError) {
        do {
            for name in try FileManager.default.contentsOfDirectory(atPath: root) where name.hasPrefix(".checkpoint-") {
                let path = "\(root)/\(name)"
                // Moved aside by a save that ended before the new one was in its place.
                let place = "\(root)/\(name.dropFirst().dropLast(".old".count))"
                if name.hasSuffix(".old"), !FileManager.default.fileExists(atPath: place) {
                    try FileManager.default.moveItem(atPath: path, toPath: place)
                } else if name.hasSuffix(".old") || name.hasSuffix(".part") {
                    try FileManager.default.removeItem(atPath: path)
                }
            }
        } catch {
            throw TrainingError(
                .cannotWrite, "the output folder cannot be cleaned up: \(Self.reason(error))",
                advice: "Check the path, its permissions and the disk", path: root)
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
        let temporary = "\(root)/.checkpoint-\(state.step).\(getpid()).part"
        do {
            try? FileManager.default.removeItem(atPath: temporary)
            try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: false)
            var model = SafetensorsWriter()
            var moments = SafetensorsWriter(metadata: ["format": "pt", "step": String(state.step)])
            for parameter in parameters.parameters {
                let name = Self.name(of: parameter)
                let start = parameter.range.lowerBound
                model.add(name, shape: parameter.shape, borrowing: parameters.values.base + start)
                moments.add("exp_avg." + name, shape: parameter.shape, borrowing: optimizer.first.base + start)
                moments.add("exp_avg_sq." + name, shape: parameter.shape, borrowing: optimizer.second.base + start)
            }
            var digests: [String: String] = [:]
            for (file, writer) in [("model.safetensors", model), ("optimizer.safetensors", moments)] {
                try writer.write(to: "\(temporary)/\(file)")
                digests[file] = try WeightArchive.open("\(temporary)/\(file)").digest()
            }
            try ReplacedFile.write(
                state.json(batchSize: batchSize, digests: digests).serializedBytes(pretty: true),
                to: "\(temporary)/trainer_state.json")
            let old = "\(root)/.checkpoint-\(state.step).old"
            try? FileManager.default.removeItem(atPath: old)
            _ = rename(target, old)
            guard rename(temporary, target) == 0 else {
                let reason = String(cString: strerror(errno))
                _ = rename(old, target)
                throw ModelFileError(.unreadable, path: target, reason: reason)
            }
            try? FileManager.default.removeItem(atPath: old)
            let folder = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if folder >= 0 {
                fsync(folder)
                close(folder)
            }
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            let last = steps().last.map { "checkpoint-\($0) is kept" } ?? "there is no earlier one"
            throw TrainingError(
                .cannotWrite, "the checkpoint cannot be written (\(Self.reason(error))); \(last)",
                advice: "Free space on the disk and resume the run", path: target, step: state.step)
        }
    }

    private static func name(of parameter: ParameterSet.Parameter) -> String {
        parameter.folder.isEmpty ? parameter.name : parameter.folder + "/" + parameter.name
    }

    private static func reason(_ error: any Error) -> String {
        if let error = error as? ModelFileError { return error.reason }
        if let error = error as? TrainingError { return error.reason }
        return (error as? CocoaError).map { "system error \($0.code.rawValue)" } ?? "\(error)"
    }

    // MARK: Reading

    /// What a checkpoint says of its run.
    ///
    /// - Throws: ``TrainingError/Code/checkpoint`` if it is damaged.
    package static func state(of path: String) throws(TrainingError) -> (RunState, digests: [String: String]) {
        let file = path + "/trainer_state.json"
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
        let model = try archive(path, "model.safetensors", digests)
        for parameter in parameters.parameters {
            try copy(name(of: parameter), of: model, parameter, to: parameters.values)
        }
        guard let optimizer else { return }
        let moments = try archive(path, "optimizer.safetensors", digests)
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
        do throws(ModelFileError) { archive = try WeightArchive.open(file) } catch { throw damaged(file, error.reason) }
        guard archive.digest() == digests[name] else { throw damaged(file, "its digest is not the one that was noted") }
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
