public import ModelFiles

/// Writes a model folder that sentence-transformers (old versions and new ones), transformers and Needletail load directly.
///
/// The weights come from the caller; tokenizer and configuration are carried over from a source folder, changed only where the
/// settings or the weights ask for it. Class paths and keys are those of sentence-transformers 2 to 5, which version 6 reads as well.
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
    /// from the source as it is.
    ///
    /// - Parameters:
    ///   - tensors: The weights of the transformer and its head, under the names of the source or of transformers.
    ///   - modules: The weights of modules that have their own, by the module's folder in the source: `2_Dense` with `linear.weight`
    ///     and `linear.bias`.
    ///   - path: The folder to be.
    ///   - replacing: Whether a folder that is there already makes way.
    /// - Throws: ``ExportError``; what was at the path before is then untouched, and nothing is left beside it.
    public func write(
        _ tensors: [ModelTensor], modules: [String: [ModelTensor]] = [:], to path: String, replacing: Bool = false
    ) throws(ExportError) {
        throw ExportError(
            .unsupported, path: path, reason: "folders are not written yet", advice: "Use a later version")
    }
}
