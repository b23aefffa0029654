public import ModelFiles

/// Writes a model folder that sentence-transformers (old versions and new ones), transformers and Needletail load directly.
///
/// The weights come from the caller; tokenizer and configuration are carried over from a source folder, changed only where the
/// settings or the weights ask for it. Class paths and keys are those of sentence-transformers 2 to 5, which version 6 reads as well.
/// Weights are written as float32 under the names that transformers gives them, whatever the names and the format of the source.
public struct ModelFolderWriter: Sendable {
    /// Where tokenizer, configuration and all weights come from that the caller does not give.
    public var source: ModelFolder
    /// What the written model is for: ``ModelTask/dense``, ``ModelTask/sparse`` or ``ModelTask/crossEncoder``.
    public var task: ModelTask
    /// What the folder says differently from the source.
    public var settings: ModelFolderSettings
    /// The model card; without one, no `README.md` is written.
    public var card: ModelCard?

    /// Makes a writer.
    ///
    /// - Parameter task: `nil` for what the source is for.
    public init(
        source: ModelFolder, task: ModelTask? = nil, settings: ModelFolderSettings = ModelFolderSettings(),
        card: ModelCard? = nil
    ) {
        self.source = source
        self.task = task ?? source.task
        self.settings = settings
        self.card = card
    }

    /// Writes the folder: all of it or nothing.
    ///
    /// It is built beside its place, flushed to the disk file by file, and renamed into place. What the caller does not give is taken
    /// from the source as it is. Replacing moves the older folder away first and removes it last, so that a crash leaves the older folder
    /// or the new one, maybe beside a rest whose name ends in `.part` or `.old`.
    ///
    /// - Parameters:
    ///   - tensors: The weights of the transformer and its head, under the names of the source or of transformers. The weights of a module
    ///     may be among them, behind its folder: `2_Dense.linear.weight`.
    ///   - modules: The weights of modules that have their own, by the module's folder in the source: `2_Dense` with `linear.weight`
    ///     and `linear.bias`.
    ///   - path: The folder to be.
    ///   - replacing: Whether a model folder that is there already makes way.
    /// - Throws: ``ExportError``; what was at the path before is then untouched, and nothing is left beside it.
    public func write(
        _ tensors: [ModelTensor], modules: [String: [ModelTensor]] = [:], to path: String, replacing: Bool = false
    ) throws(ExportError) {
        var (folder, files) = try plan(tensors, modules, path, replacing)
        try folder.write(byteCount: files.reduce(0) { sum, file in Self.sum(sum, file.byteCount) }) {
            (folder) throws(ExportError) in
            for file in files { try Self.write(file, into: folder) }
        }
    }

    /// Throws what ``write(_:modules:to:replacing:)`` would throw for the same arguments, but for a disk that is full or refuses: nothing
    /// is written.
    public func check(
        _ tensors: [ModelTensor], modules: [String: [ModelTensor]] = [:], to path: String, replacing: Bool = false
    ) throws(ExportError) {
        _ = try plan(tensors, modules, path, replacing)
    }

    private func plan(
        _ tensors: [ModelTensor], _ modules: [String: [ModelTensor]], _ path: String, _ replacing: Bool
    ) throws(ExportError) -> (StagedFolder, [FolderFile]) {
        let folder = try StagedFolder(path, replacing: replacing, markers: Self.markers)
        var plan = try FolderPlan(self, path: path)
        try plan.add(tensors, modules: modules)
        return (folder, plan.files)
    }

    /// Files of which every model folder has one.
    private static let markers = ["config.json", "modules.json", "tokenizer.json"]

    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? Int.max : sum
    }

    private static func write(_ file: FolderFile, into folder: StagedFolder) throws(ExportError) {
        switch file.contents {
        case .folder: try folder.makeFolder(file.name)
        case .bytes(let bytes): try folder.write(bytes, to: file.name)
        case .weights(let tensors):
            var writer = SafetensorsWriter()
            let place = try folder.place(of: file.name)
            do throws(ModelFileError) {
                for tensor in tensors {
                    switch tensor.values {
                    case .floats(let values): writer.add(tensor.name, shape: tensor.shape, borrowing: values)
                    case .stored(let stored) where stored.elementType == .f32 && stored.isContiguous:
                        try writer.add(stored, named: tensor.name)
                    case .stored(let stored): writer.add(tensor.name, shape: tensor.shape, try stored.floats())
                    }
                }
                try writer.write(to: place)
            } catch {
                throw folder.named(error)
            }
        }
    }

    /// The path of a file in a folder inside the model folder.
    static func join(_ folder: String, _ name: String) -> String { folder.isEmpty ? name : "\(folder)/\(name)" }
}
